import { describe } from "vitest";
import { sameAsNode } from "./support.ts";

describe("node:util", () => {
  sameAsNode([
    [
      "format and inspect",
      `const util=require("util"); return [util.format("%s %d %i %f %j %o %O %%", "a", 1.5, 2.7, "3.1", {a:1}, {b:2}, {c:[1,2,{d:{e:{f:1}}}]}), util.inspect(new Map([[1,{a:2}]])), util.inspect("x'y"), util.inspect({a:1n,b:Symbol("s"),c:()=>{},d:class A{}, e:new Date(0), f:/x/g, g:null, h:undefined})];`,
    ],
    [
      "errors that get their message later",
      `const util=require("util"); const made=()=>{const e=new Error(); e.name="NotFound"; return e}; const late=made(); late.message="no such table";
      const nested={cause:{...{}},errors:[Object.assign(new TypeError("first"),{message:"second"})]}; const heads=(v)=>util.inspect(v).match(/\\w*(?:NotFound|TypeError)[^\\n]*/g);
      return [heads(late),heads(nested),util.format("%s|%o",late,1).split("\\n")[0],util.inspect.custom===Symbol.for("nodejs.util.inspect.custom"),util.inspect.defaultOptions.depth,util.inspect.name];`,
    ],
    [
      "promisify",
      `const util=require("util"); return [await util.promisify((a,cb)=>cb(null,a+1))(1), await util.promisify(setTimeout)(1,"v")];`,
    ],
    ["promisify of what is no function", `const util=require("util"); util.promisify(5);`],
    [
      "callbackify",
      `const util=require("util"); return await new Promise(r=>util.callbackify(async(x)=>x*2)(4,(e,v)=>r([e,v])));`,
    ],
    [
      "types",
      `const util=require("util"); const t=util.types; return [t.isDate(new Date()),t.isRegExp(/x/),t.isPromise(Promise.resolve()),t.isMap(new Map()),t.isUint8Array(Buffer.alloc(1)),t.isTypedArray(new DataView(new ArrayBuffer(1))),t.isAsyncFunction(async()=>1),t.isGeneratorFunction(function*(){}),t.isNativeError(new TypeError()),t.isBoxedPrimitive(Object(1)),t.isArgumentsObject((function(){return arguments})())];`,
    ],
    [
      "isDeepStrictEqual",
      `const util=require("util"); return [util.isDeepStrictEqual({a:[1,{b:new Map([[{x:1},2]])}]},{a:[1,{b:new Map([[{x:1},2]])}]}), util.isDeepStrictEqual([1,2],[1,"2"]), util.isDeepStrictEqual(new Set([{a:1}]),new Set([{a:1}])), util.isDeepStrictEqual(NaN,NaN), util.isDeepStrictEqual(0,-0), util.isDeepStrictEqual(new Error("a"),new Error("b")), util.isDeepStrictEqual(Buffer.from("a"),Buffer.from("a"))];`,
    ],
    [
      "texts",
      `const util=require("util"); return [util.styleText("red","x",{validateStream:false}), util.styleText(["bold","underline"],"x",{validateStream:false}), util.stripVTControlCharacters("\\u001b[31mx\\u001b[39m"), util.toUSVString("a\\ud800"), util.getSystemErrorName(-2), util.inspect.custom.toString()];`,
    ],
    [
      "parseArgs",
      `const util=require("util"); return util.parseArgs({args:["-f","--bar","b","pos","--no-color"],options:{f:{type:"boolean",short:"f"},bar:{type:"string"},color:{type:"boolean"}},allowPositionals:true,allowNegative:true});`,
    ],
    [
      "parseEnv",
      `const util=require("util"); return util.parseEnv('A=1\\nB="x\\\\ny" # c\\nexport C=\\'q\\'\\n#no\\nD = sp aced  \\n');`,
    ],
    [
      "MIMEType",
      `const {MIMEType}=require("util"); const m=new MIMEType("text/html; charset=UTF-8;q=\\"a b\\""); return [m.essence,String(m),m.params.get("charset"),m.type,m.subtype];`,
    ],
    [
      "format's letters",
      `const util=require("util"); return [util.format("%s",null),util.format("%s",{a:{b:{}}}),util.format("%d","x"),util.format("a","b",{c:1}),util.format("%j",{toJSON(){return 5}}),util.format("%c%s","css","x"),util.format("%s",Symbol("q")),util.format("%s",123n),util.format("%o",[1]),util.format("%i",1.9),util.formatWithOptions({colors:true},"%O",{a:1})];`,
    ],
    ["diff", `const util=require("util"); return util.diff("abc","abd");`],
    [
      "inspect's settings",
      `const util=require("util"); return [util.inspect("a".repeat(5),{colors:true}), util.inspect.colors.red, util.inspect.styles.string, util.inspect.defaultOptions.depth];`,
    ],
  ]);
});

describe("node:assert", () => {
  sameAsNode([
    [
      "messages",
      `const a=require("assert"); const long=(n)=>Array.from({length:60},(_,i)=>i===n?"x":i);
      return [()=>a.strictEqual(1,2),()=>a.strictEqual(1,2,"mine"),()=>a.strictEqual("a".repeat(20),"a".repeat(15)+"b"),()=>a.strictEqual({},{}),()=>a.strictEqual([1],[2]),()=>a.deepStrictEqual({a:1,b:{c:[1,2]}},{a:1,b:{c:[1,3]}}),()=>a.deepStrictEqual(long(20),long(40)),()=>a.deepStrictEqual(long(20),long(40),"mine"),()=>a.deepStrictEqual([1,2,3],[1,2]),()=>a.deepStrictEqual(new Map([[1,{a:1}]]),new Map([[1,{a:2}]])),()=>a.notStrictEqual({a:1},{a:1}),()=>{const o={a:1};a.notStrictEqual(o,o)},()=>a.notDeepStrictEqual({a:1},{a:1}),()=>a.deepEqual({a:1},{a:2}),()=>a.notDeepEqual({a:1},{a:1}),()=>a.equal(1,2),()=>a.notEqual(1,1),()=>a.partialDeepStrictEqual({a:1,b:2},{a:2}),()=>a.match("x",/y/),()=>a.doesNotMatch("x",/x/),()=>a.fail(),()=>a.fail("why"),()=>a.ifError(null),()=>a.ifError(new TypeError("t")),()=>a.ifError("text"),()=>a.strictEqual(new Error("a"),new Error("a")),()=>a.deepStrictEqual(new Error("a"),new Error("b"))]
      .map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message,e.generatedMessage,e.operator]}});`,
    ],
    [
      "expected errors",
      `const a=require("assert"); const boom=()=>{throw new TypeError("boom")};
      return [()=>a.throws(boom),()=>a.throws(boom,TypeError),()=>a.throws(boom,RangeError),()=>a.throws(boom,/bo+m/),()=>a.throws(boom,/x/),()=>a.throws(boom,{message:"boom",name:"TypeError"}),()=>a.throws(boom,{message:"bang",code:5}),()=>a.throws(boom,{message:/bang/}),()=>a.throws(boom,{}),()=>a.throws(boom,"boom"),()=>a.throws(boom,(e)=>e.message==="boom"),()=>a.throws(boom,function check(){return 1}),()=>a.throws(()=>{}),()=>a.throws(()=>{},RangeError,"mine"),()=>a.throws(()=>{},"mine"),()=>a.throws("x"),()=>a.throws(boom,5),()=>a.throws(()=>{throw 5},{a:1}),()=>a.doesNotThrow(boom),()=>a.doesNotThrow(boom,TypeError,"mine"),()=>a.doesNotThrow(boom,/boom/)]
      .map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message,e.generatedMessage,e.operator]}});`,
    ],
    [
      "an Assert",
      `const {Assert}=require("assert"); const strict=new Assert(); const loose=new Assert({strict:false}); const plain=new Assert({skipPrototype:true}); class A{constructor(){this.a=1}}
      return [()=>strict.equal(1,"1"),()=>loose.equal(1,"1"),()=>plain.deepStrictEqual(new A(),{a:1}),()=>strict.deepStrictEqual(new A(),{a:1}),()=>new Assert({diff:"x"}),()=>Assert()]
      .map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message]}});`,
    ],
    [
      "a promise that is not rejected",
      `const a=require("assert"); await a.rejects(async()=>{throw new Error("z")},{message:"z"}); await a.rejects(Promise.resolve(1));`,
    ],
  ]);
});

describe("node:v8", () => {
  sameAsNode([
    [
      "bytes of serialize, and back",
      `const v8=require("v8"); const x={a:[1,,3],m:new Map([["k",{z:1n}]]),s:new Set([1,"ü","€"]),d:new Date(5),r:/x/gi,u:undefined,n:-0,f:1.5,i:-7,b:Buffer.from("hi"),t:new Float64Array([1,2]),e:true,big:2**40, ab:new ArrayBuffer(2)}; x.self=x; const y=v8.deserialize(v8.serialize(x)); return [v8.serialize(x).toString("hex"), y.self===y, y.m.get("k").z===1n, [...y.s], y.r.flags, y.b.toString(), Object.is(y.n,-0), 1 in y.a, y.t, y.d.getTime()];`,
    ],
  ]);
});

describe("node:perf_hooks", () => {
  sameAsNode([
    [
      "a histogram",
      `const p=require("perf_hooks"); const h=p.createHistogram(); for (let i=1;i<=100;i++) h.record(i); return [h.min,h.max,h.mean,h.count,h.percentile(50),h.percentile(99),h.stddev.toFixed(3),typeof p.performance.now(),p.performance===globalThis.performance,p.constants.NODE_PERFORMANCE_GC_MAJOR];`,
    ],
  ]);
});

describe("node:worker_threads", () => {
  sameAsNode([
    [
      "the main thread",
      `const w=require("worker_threads"); return [w.isMainThread,w.threadId,w.parentPort,w.workerData,w.SHARE_ENV.toString()];`,
    ],
  ]);
});
