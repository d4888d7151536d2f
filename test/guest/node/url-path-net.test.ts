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
    ["transcode of a string", `const b=require("buffer"); b.transcode("x","utf8","latin1");`],
    ["from a number", `Buffer.from(5);`],
    ["a negative size", `Buffer.alloc(-1);`],
    ["a read past the end", `Buffer.from("abc").readUInt32LE(1);`],
    [
      "numbers, texts and copies",
      `const b=Buffer.alloc(8); b.writeBigUInt64BE(123n); return [b.toString("hex"), b.readBigInt64BE().toString(), b.readDoubleBE(), Buffer.from("abc").fill("z").toString(), Buffer.concat([Buffer.from("a"),Buffer.from("b")],1).toString(), Buffer.copyBytesFrom(new Uint8Array([1,2,3]),1,1)[0], Buffer.from("aGk","base64").toString(), b.inspect().slice(0,8)];`,
    ],
  ]);
});
