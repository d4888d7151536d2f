/** Where Node's modules and the web's interfaces meet. */
import { describe } from "vitest";
import { sameAsNode } from "./support.ts";

describe("node's modules and the web", () => {
  sameAsNode([
    [
      "a readable of a web stream",
      `const {Readable,Writable,Duplex,Transform}=require("stream"); const rs=new ReadableStream({start(c){c.enqueue("a");c.enqueue("b");c.close()}}); const o=[]; for await (const x of Readable.fromWeb(rs,{objectMode:true})) o.push(x); return o;`,
    ],
    [
      "a web stream of a readable",
      `const {Readable}=require("stream"); const r=Readable.toWeb(Readable.from([Buffer.from("x"),Buffer.from("y")],{objectMode:false})); const o=[]; for await (const x of r) o.push(Buffer.from(x).toString()); return o.join("");`,
    ],
    [
      "a writable of a web stream",
      `const {Writable}=require("stream"); const o=[]; const w=Writable.fromWeb(new WritableStream({write(c){o.push(String(c))},close(){o.push("closed")}})); w.write("a"); w.end("b"); await new Promise(r=>w.on("close",r)); return o;`,
    ],
    [
      "a web stream of a writable",
      `const {Writable}=require("stream"); const o=[]; const w=Writable.toWeb(new Writable({write(c,e,cb){o.push(String(c));cb()}})); const g=w.getWriter(); await g.write("q"); await g.write("z"); await g.close(); return o;`,
    ],
    [
      "web streams of a duplex",
      `const {Duplex,PassThrough}=require("stream"); const {readable,writable}=Duplex.toWeb(new PassThrough()); const g=writable.getWriter(); g.write(Buffer.from("hey")); g.close(); const o=[]; for await (const c of readable) o.push(Buffer.from(c).toString()); return o;`,
    ],
    [
      "a duplex of web streams",
      `const {Duplex}=require("stream"); const t=new TransformStream({transform(c,k){k.enqueue(String(c).toUpperCase())}}); const d=Duplex.fromWeb(t,{encoding:"utf8"}); d.write("low"); d.end(); const o=[]; for await (const c of d) o.push(c); return o;`,
    ],
    [
      "a response's body",
      `const {Readable}=require("stream"); return await new Response(Readable.toWeb(Readable.from([Buffer.from("body")]))).text();`,
    ],
    [
      "consumers of web streams",
      `const {text,json,buffer,blob,arrayBuffer}=require("stream/consumers"); return [await text(new Blob(["bl"]).stream()), await json(new Response('{"a":1}').body), (await buffer(new Response("z").body)).toString()];`,
    ],
    [
      "Blob and File of buffer",
      `const b=require("buffer"); return [typeof b.Blob, typeof b.File, new b.Blob(["x"]).size, b.Blob===Blob, await new b.File(["q"],"n").text()];`,
    ],
    [
      "a duplex of a blob",
      `const {Duplex}=require("stream"); const o=[]; for await (const c of Duplex.from(new Blob(["bb"]))) o.push(String(c)); return o;`,
    ],
    [
      "a channel's ports",
      `const {MessageChannel}=require("worker_threads"); const c=new MessageChannel(); return await new Promise(r=>{c.port2.onmessage=e=>{c.port1.close();r(e.data)}; c.port1.postMessage({a:1})});`,
    ],
    [
      "marks and measures",
      `const {performance,PerformanceObserver}=require("perf_hooks"); performance.mark("m1"); performance.measure("me","m1"); return [performance.getEntriesByName("m1").length, typeof performance.timeOrigin, typeof performance.eventLoopUtilization().idle];`,
    ],
  ]);
});
