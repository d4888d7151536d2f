import { describe } from "vitest";
import { sameAsNode } from "./support.ts";

describe("node:url", () => {
  sameAsNode([
    ["fileURLToPath of another scheme", `const u=require("url"); u.fileURLToPath("http://x");`],
    ["parse of a number", `const u=require("url"); u.parse(5);`],
    [
      "the old class, and format",
      `const {Url}=require("url"); const u=require("url").parse("mailto:a@b.c"); return [u instanceof Url,u.href,u.host,require("url").format(new URL("http://ünï.com/a?b#c"),{unicode:true,fragment:false}),require("url").parse("/a?b=c").path,require("url").parse("//h/p",false,true).host];`,
    ],
    [
      "format of what is no URL",
      `const u=require("url"); return [u.format({protocol:"https",hostname:"a",pathname:"/b",query:{c:1}}),u.format("http://x.y/ z"),u.format(u.parse("http://a/b?c")),u.resolve("http://a/b/c","../d")];`,
    ],
  ]);
});

describe("node:path", () => {
  sameAsNode([
    [
      "old urls resolve and are said nothing of",
      `const u=require("url"); const said=[]; const {warn}=console; console.warn=(...args)=>said.push(args);
      try { return [u.parse("http://a/b").resolve("/c"),u.resolve("/one/two","../three"),u.resolveObject("http://a/b?x=1","c").href,u.resolveObject("http://a/b",u.parse("d")).pathname,u.resolveObject("","e"),said]; } finally { console.warn=warn; }`,
    ],
    [
      "both kinds of paths",
      `const p=require("path"); return [p.join("a","..","b"),p.resolve("/a","b"),p.relative("/a/b","/a/c"),p.parse("/x/y.tar.gz"),p.win32.join("a","..\\\\b"),p.posix===p,p.extname(".x"),p.normalize("//a/../b/"),p.matchesGlob("a/b.js","a/*.js"),p.win32.isAbsolute("C:\\\\x")];`,
    ],
  ]);
});

describe("node:querystring", () => {
  sameAsNode([
    [
      "all of it",
      `const q=require("querystring"); return [q.parse("a=1&b=2&a=3&c=%20x+y"), q.stringify({a:[1,2],b:"x y",c:true,d:null}), q.escape("ä&"), q.unescape("%41")];`,
    ],
  ]);
});

describe("node:net", () => {
  sameAsNode([
    [
      "isIP",
      `const net=require("net"); return ["1.2.3.4","::1","fe80::1%eth0","1.2.3","::ffff:1.2.3.4","1::2::3",":::","12345::"].map(x=>net.isIP(x));`,
    ],
    [
      "a class that extends Socket",
      `const net=require("net"); class S extends net.Socket{}; const s=new S(); return [s instanceof require("stream").Duplex, s instanceof net.Stream, typeof s.setNoDelay];`,
    ],
  ]);
});

describe("node:tls", () => {
  sameAsNode([
    [
      "checkServerIdentity",
      `const t=require("tls"); return [t.checkServerIdentity("a.b.com",{subject:{CN:"a.b.com"}}), t.checkServerIdentity("a.b.com",{subject:{},subjectaltname:"DNS:*.b.com"}), (()=>{const e=t.checkServerIdentity("x.com",{subject:{},subjectaltname:"DNS:*.b.com"}); return [e.code,e.message,e.reason,e.host]})(), t.DEFAULT_MIN_VERSION];`,
    ],
    [
      "convertALPNProtocols",
      `const t=require("tls"); const o={}; t.convertALPNProtocols(["h2","http/1.1"],o); return o.ALPNProtocols.toString();`,
    ],
  ]);
});

describe("node:http2", () => {
  sameAsNode([
    [
      "constants and settings",
      `const h=require("http2"); return [Object.keys(h.constants).length, h.getDefaultSettings(), h.getPackedSettings({maxFrameSize:16384,enablePush:false}).toString("hex"), h.getUnpackedSettings(Buffer.from([0,5,0,0,64,0]))];`,
    ],
  ]);
});

describe("node:buffer", () => {
  sameAsNode([
    [
      "numbers of a size that is given",
      `const b=Buffer.from("fffefdfcfbfa0102","hex"); const w=Buffer.alloc(6); return [b.readUIntBE(0,3), b.readUIntLE(1,6), b.readIntBE(0,5), b.readIntLE(2,2), w.writeIntBE(-5,1,4), w.writeUIntLE(0xabcdef,3,3), w.toString("hex"), ...[()=>b.readUIntBE(0,7),()=>b.readUIntBE(0),()=>b.readIntLE(),()=>w.writeUIntBE(0x10000,0,2),()=>w.writeInt8(200),()=>w.writeUInt32LE(-1),()=>w.writeBigUInt64LE(2n**64n),()=>b.readInt16LE(1.5),()=>b.readInt16LE("1"),()=>b.readInt16LE(8)].map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message]}})];`,
    ],
    [
      "floats",
      `const b=Buffer.alloc(16); b.writeFloatLE(1.1); b.writeFloatBE(NaN,4); b.writeDoubleBE(-0,8); return [b.toString("hex"), b.readFloatLE(), Object.is(b.readDoubleBE(8),-0), b.readFloatBE(4)!==b.readFloatBE(4)];`,
    ],
    [
      "bytes that are no buffers",
      `const u=new Uint8Array([1,2,3]); const b=Buffer.from([1,2,3,4]); return [b.equals(u), Buffer.from(u).equals(u), Buffer.compare(u,b), b.compare(u), b.compare(u,0,3,0,3), b.indexOf(u), b.includes(new Uint8Array([3,4])), Buffer.concat([u,b]).length, b.copy(new Uint8Array(2),0,1), b.copy(u,1), [...u]];`,
    ],
    [
      "searches",
      `const b=Buffer.from("abcabc"); const w=Buffer.from("aéa","utf16le"); return [b.indexOf("c"), b.indexOf("c",3), b.indexOf("c",-1), b.lastIndexOf("b"), b.lastIndexOf("b",-4), b.lastIndexOf("x"), b.indexOf(""), b.indexOf("",9), b.lastIndexOf(""), b.indexOf(99), b.indexOf(99+256), b.indexOf("bc",undefined,"latin1"), b.includes("ca"), w.indexOf("é",0,"utf16le"), w.lastIndexOf("a",undefined,"ucs2"), b.indexOf("Yg==","base64"), b.indexOf("c",{}), b.indexOf("c",null)];`,
    ],
    [
      "mistakes",
      `const b=Buffer.alloc(3); return [()=>b.equals("abc"),()=>Buffer.compare(b,"a"),()=>Buffer.concat("a"),()=>Buffer.concat([b,"a"]),()=>Buffer.concat([b],-1),()=>b.copy("a"),()=>b.copy(b,-1),()=>b.copy(b,0,9),()=>b.compare(b,0,9),()=>b.compare(b,0,null),()=>b.indexOf({}),()=>b.indexOf("a",0,"nope"),()=>b.write("a",-1),()=>b.write("a",0,9),()=>b.write("a","nope")].map(f=>{try{return f()}catch(e){return [e.name,e.code,e.message]}});`,
    ],
    [
      "as inspect shows them",
      `const {inspect}=require("util"); const b=Buffer.alloc(52,1); const c=Buffer.from("a"); c.name="x"; return [inspect(b), inspect(Buffer.alloc(51)), inspect(c), inspect(Buffer.alloc(0)), c.inspect()];`,
    ],
    ["transcode of a string", `const b=require("buffer"); b.transcode("x","utf8","latin1");`],
    ["from a number", `Buffer.from(5);`],
    ["a negative size", `Buffer.alloc(-1);`],
    [
      "methods that are found by going through them",
      `const names = new Set(); for (const name in Buffer.prototype) names.add(name); return ["writeInt32LE", "copy", "utf8Slice", "latin1Write", "equals"].map((name) => names.has(name));`,
    ],
    [
      "buffers made with new",
      `return [new Buffer.alloc(2).length,new Buffer.allocUnsafe(3).length,new Buffer.allocUnsafeSlow(4) instanceof Buffer,new Buffer.from("a").toString()];`,
    ],
    ["a read past the end", `Buffer.from("abc").readUInt32LE(1);`],
    [
      "numbers, texts and copies",
      `const b=Buffer.alloc(8); b.writeBigUInt64BE(123n); return [b.toString("hex"), b.readBigInt64BE().toString(), b.readDoubleBE(), Buffer.from("abc").fill("z").toString(), Buffer.concat([Buffer.from("a"),Buffer.from("b")],1).toString(), Buffer.copyBytesFrom(new Uint8Array([1,2,3]),1,1)[0], Buffer.from("aGk","base64").toString(), b.inspect().slice(0,8)];`,
    ],
  ]);
});
