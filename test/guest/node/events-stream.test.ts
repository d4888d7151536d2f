import { describe } from "vitest";
import { sameAsNode } from "./support.ts";

describe("node:events", () => {
  sameAsNode([
    [
      "order, prepending and once",
      `const E=require("events"); const e=new E(); const o=[]; e.once("a",(...x)=>o.push(x)); e.on("a",()=>o.push("b")); e.prependListener("a",()=>o.push("first")); o.push(e.emit("a",1,2), e.emit("a"), e.emit("zz"), e.eventNames(), e.listenerCount("a")); return o;`,
    ],
    [
      "a function called on an object of another class",
      `const E=require("events"); function F(){E.call(this)}; require("util").inherits(F,E); const f=new F(); let n=0; f.on("x",()=>n++); f.emit("x"); return [n, f instanceof E, Object.keys(f)];`,
    ],
    ["an error nobody listens for", `const E=require("events"); new E().emit("error", new Error("boo"));`],
    [
      "names that mean the same function",
      `const E=require("events").prototype; return [E.on===E.addListener, E.off===E.removeListener, E.on.name, E.off.name];`,
    ],
    [
      "an error that is an object",
      `const E=require("events"); new E().emit("error", { message: "boo", list: [1] });`,
    ],
    [
      "what removeListener says of one that listens once",
      `const E=require("events"); const e=new E(); const said=[]; e.on("removeListener",(name,f)=>said.push([name,f.name])); e.once("a",function mine(){}); e.emit("a"); return said;`,
    ],
    [
      "listeners of an EventTarget",
      `const {getEventListeners,getMaxListeners,listenerCount}=require("events"); const t=new EventTarget(); const f=()=>{}; t.addEventListener("a",f); return [getEventListeners(t,"a")[0]===f, getEventListeners(t,"b"), getMaxListeners(t), getMaxListeners(new AbortController().signal)];`,
    ],
    [
      "a stream whose callback is called twice",
      `const {Writable}=require("stream"); return await new Promise(r=>{ const w=new Writable({write(c,e,cb){cb();cb();}}); w.on("error",e=>r([e.name,e.code,e.message])); w.write("a"); });`,
    ],
    [
      "zlib's information, constants and mistakes",
      `const zlib=require("zlib"); const {buffer,engine}=zlib.gzipSync("text",{info:true}); return [zlib.gunzipSync(buffer).toString(), engine instanceof zlib.Gzip, Object.isFrozen(zlib.constants), Object.isFrozen(zlib.codes), zlib.createGzip({level:NaN}) instanceof zlib.Gzip, ...[()=>zlib.createGzip({flush:10000}),()=>zlib.createGzip({finishFlush:-1}),()=>zlib.createGzip({chunkSize:-Infinity}),()=>zlib.createGzip({chunkSize:1}),()=>zlib.createGzip({flush:"x"})].map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message]}})];`,
    ],
    [
      "paths and options of URLs",
      `const url=require("url"); return [url.fileURLToPath("file:///a%20b",null), url.urlToHttpOptions({pathname:"/x",a:1}), url.urlToHttpOptions(new URL("http://u:p@[::1]:80/a?b#c"))];`,
    ],
    ["an error that is no Error", `const E=require("events"); new E().emit("error", "str");`],
    [
      "once as a promise",
      `const {once,EventEmitter}=require("events"); const e=new EventEmitter(); setTimeout(()=>e.emit("go",1,2),1); return await once(e,"go");`,
    ],
    [
      "once as a promise, of an error",
      `const {once,EventEmitter}=require("events"); const e=new EventEmitter(); setTimeout(()=>e.emit("error",new Error("bad")),1); return await once(e,"go");`,
    ],
    [
      "on, as an iterator",
      `const {on,EventEmitter}=require("events"); const e=new EventEmitter(); setTimeout(()=>{e.emit("v",1);e.emit("v",2);e.emit("end")},1); const o=[]; for await (const x of on(e,"v",{close:["end"]})) o.push(x); return o;`,
    ],
    [
      "captured rejections",
      `const {EventEmitter}=require("events"); const e=new EventEmitter({captureRejections:true}); return await new Promise(r=>{ e.on("error",er=>r(er.message)); e.on("x",async()=>{throw new Error("async")}); e.emit("x"); });`,
    ],
    [
      "a listener that is no function",
      `const {EventEmitter}=require("events"); new EventEmitter().on("x", 5);`,
    ],
    [
      "newListener and removeListener",
      `const {EventEmitter}=require("events"); const e=new EventEmitter(); const o=[]; e.on("newListener",(n)=>o.push("+"+n)); e.on("removeListener",(n)=>o.push("-"+n)); const f=()=>{}; e.on("a",f); e.off("a",f); e.once("b",f); e.emit("b"); e.removeAllListeners(); return o;`,
    ],
    [
      "a negative maximum",
      `const {EventEmitter}=require("events"); const e=new EventEmitter(); e.setMaxListeners(-1);`,
    ],
    [
      "once of an EventTarget",
      `const {once}=require("events"); const t=new EventTarget(); setTimeout(()=>t.dispatchEvent(new Event("q")),1); return (await once(t,"q"))[0].type;`,
    ],
    [
      "once, aborted",
      `const {once,EventEmitter}=require("events"); const c=new AbortController(); setTimeout(()=>c.abort(),1); await once(new EventEmitter(),"x",{signal:c.signal});`,
    ],
  ]);
});

describe("node:stream", () => {
  sameAsNode([
    [
      "pipeline of all kinds",
      `const {Readable,Transform,pipeline,PassThrough}=require("stream"); const o=[]; await require("stream/promises").pipeline(Readable.from(["a","b"]), new Transform({transform(c,e,cb){cb(null,String(c).toUpperCase())}}), async function*(s){for await (const c of s) {o.push(String(c)); yield c}}, new PassThrough().resume()); return o.join("");`,
    ],
    [
      "operators",
      `const {Readable}=require("stream"); return [await Readable.from([1,2,3,4]).filter(x=>x%2).map(async x=>x*2).toArray(), await require("stream/consumers").text(Readable.from(["x","ä"]))];`,
    ],
    [
      "a write after the end",
      `const {Writable}=require("stream"); const w=new Writable({write(c,e,cb){cb()}}); return await new Promise(r=>{w.on("error",e=>r([e.code,e.message,e.name])); w.end(); w.write("x")});`,
    ],
    [
      "classes",
      `const {Readable,Writable,Duplex}=require("stream"); return [new Readable() instanceof require("events"), new Duplex() instanceof Writable, Readable.prototype.constructor.name, require("stream")===require("stream").Stream];`,
    ],
    [
      "finished, of a stream destroyed with an error",
      `const {Readable}=require("stream"); const r=Readable.from(["a"]); r.destroy(new Error("d")); return await require("util").promisify(require("stream").finished)(r);`,
    ],
    [
      "duplexPair",
      `const s=require("stream"); const [a,b]=s.duplexPair(); a.end("hello"); return await require("stream/consumers").text(b);`,
    ],
    [
      "events of a readable",
      `const {Readable}=require("stream"); const r=new Readable({read(){}}); r.push("x"); r.push(null); const o=[]; r.on("data",d=>o.push(String(d))).on("end",()=>o.push("end")).on("close",()=>o.push("close")); await new Promise(q=>r.on("close",q)); return o;`,
    ],
    [
      "an error in a transform",
      `const {Transform}=require("stream"); const t=new Transform({transform(c,e,cb){cb(new Error("tr"))}}); t.on("error",()=>0); t.write("x"); return await new Promise(r=>t.on("close",()=>r([t.destroyed,t.errored.message,t.closed])));`,
    ],
    [
      "a premature close",
      `const {finished,Writable}=require("stream"); const w=new Writable({write(c,e,cb){cb()}}); setTimeout(()=>w.destroy(),1); return await new Promise(r=>finished(w,e=>r([e.code,e.message])));`,
    ],
    [
      "a pipeline that fails",
      `const {pipeline,Readable,Writable}=require("stream/promises").pipeline?require("stream"):0; await require("stream/promises").pipeline(Readable.from(["a"]), new Writable({write(c,e,cb){cb(new TypeError("bad"))}}));`,
    ],
    [
      "compose",
      `const {compose,Readable}=require("stream"); return await compose(async function*(s){for await (const c of s) yield String(c).toUpperCase()})  instanceof require("stream").Duplex;`,
    ],
    [
      "more operators",
      `const {Readable}=require("stream"); return [await Readable.from([1,2,3]).reduce((a,b)=>a+b), await Readable.from([1,2,3]).take(2).toArray(), await Readable.from([1,2]).flatMap(x=>[x,x]).toArray(), await Readable.from([1]).some(x=>x>0)];`,
    ],
  ]);
});

describe("node:string_decoder", () => {
  sameAsNode([
    [
      "a byte at a time",
      `const {StringDecoder}=require("string_decoder"); const o=[]; for (const enc of ["utf8","utf16le","base64","hex","latin1","base64url"]) { const d=new StringDecoder(enc); let s=""; for (const b of Buffer.from("aé€😀z")) s+="|"+d.write(Buffer.from([b])); o.push(s+"|"+d.end()); } return o;`,
    ],
    [
      "what is cut off",
      `const {StringDecoder}=require("string_decoder"); const d=new StringDecoder(); return [d.write(Buffer.from([0xe2,0x82])), d.end(), d.write(Buffer.from([0xff,0x41,0xe2])), d.end(), d.encoding];`,
    ],
  ]);
});

describe("node:readline", () => {
  sameAsNode([
    [
      "lines as an iterator",
      `const rl=require("readline"); const {Readable}=require("stream"); const o=[]; for await (const l of rl.createInterface({input:Readable.from(["a\\nb\\r","\\nc\\n\\nd"]),crlfDelay:Infinity})) o.push(l); return o;`,
    ],
    [
      "lines as events",
      `const rl=require("readline"); const {PassThrough}=require("stream"); const p=new PassThrough(); const i=rl.createInterface({input:p,output:new PassThrough()}); const o=[]; i.on("line",l=>o.push(l)); i.on("close",()=>o.push("close")); p.write("x\\ny"); p.end(); await new Promise(r=>i.on("close",r)); return o;`,
    ],
    [
      "a question",
      `const rl=require("readline/promises"); const {PassThrough}=require("stream"); const p=new PassThrough(); const i=rl.createInterface({input:p}); setTimeout(()=>p.write("answer\\n"),1); const a=await i.question("q?"); i.close(); return a;`,
    ],
  ]);
});

describe("node:domain", () => {
  sameAsNode([
    [
      "an error in a domain",
      `const d=require("domain").create(); return await new Promise(r=>{d.on("error",e=>r(e.message)); d.run(()=>{ d.emit("error",new Error("in"))})});`,
    ],
  ]);
});

describe("node:diagnostics_channel", () => {
  sameAsNode([
    [
      "channels and tracing",
      `const dc=require("diagnostics_channel"); const o=[]; dc.subscribe("x",(m,n)=>o.push([m,n])); dc.channel("x").publish({a:1}); o.push(dc.hasSubscribers("x"),dc.hasSubscribers("y")); const t=dc.tracingChannel("tt"); t.subscribe({start:()=>o.push("start"),end:m=>o.push("end"),asyncStart:()=>o.push("as"),asyncEnd:m=>o.push(["ae",m.result]),error:()=>o.push("err")}); t.traceSync((a)=>a,{}, null, 5); await t.tracePromise(async()=>7,{}); try { t.traceSync(()=>{throw new Error("z")}) } catch(e){o.push(e.message)}; t.traceCallback((cb)=>cb(null,3),0,{},null,(e,r)=>o.push(["cb",r])); return o;`,
    ],
  ]);
});

describe("node:async_hooks", () => {
  sameAsNode([
    [
      "a store bound to a channel",
      `const {AsyncLocalStorage}=require("async_hooks"); const dc=require("diagnostics_channel"); const s=new AsyncLocalStorage(); const ch=dc.channel("st"); ch.bindStore(s,d=>d.v); return ch.runStores({v:9},function(a){return [s.getStore(),this.q,a]},{q:1},2);`,
    ],
  ]);
});

describe("node:timers", () => {
  sameAsNode([
    ["exports", `return Object.keys(require("timers")).concat(typeof require("timers").setTimeout);`],
    [
      "promises",
      `const tp=require("timers/promises"); const o=[]; o.push(await tp.setTimeout(1,"a"), await tp.setImmediate("b")); for await (const x of tp.setInterval(1,"i")) { o.push(x); if (o.length>4) break; } await tp.scheduler.wait(1); try { const c=new AbortController(); const p=tp.setTimeout(1000,null,{signal:c.signal}); c.abort(); await p } catch(e) { o.push(e.name,e.code) } return o;`,
    ],
  ]);
});
