/**
 * urlpattern-polyfill 10.1.0 with four places brought up to the standard: regular expressions have the flag `v`, host
 * names and ports are read as by the parser of URLs, and names may have characters beyond the basic plane. A place that
 * has changed fails the build: a newer version may not need this.
 */
import { readFile } from "node:fs/promises";
import type { Plugin } from "esbuild";

const CHANGES: readonly (readonly [from: string, to: string])[] = [
  ['"ui":"u"', '"vi":"v"'],
  [
    `if(/[\\t\\n\\r #%/:<>?@[\\]^\\\\|]/g.test(e))throw new TypeError(\`Invalid hostname '\${e}'\`);let t=new URL("https://example.com");return t.hostname=e,t.hostname`,
    `let t=new URL("https://unset.invalid");t.hostname=e;if(t.hostname==="unset.invalid")throw new TypeError(\`Invalid hostname '\${e}'\`);return t.hostname`,
  ],
  [
    `if(e===""||/^[0-9]*$/.test(e)&&parseInt(e)<=65535)return e;throw`,
    `if(e==="")return e;let d=/^[0-9]+/.exec(e.replace(/[\\t\\n\\r]/g,""))?.[0];if(d!==void 0&&+d<=65535)return d;throw`,
  ],
  [`let i=e.substr(s,1);`, `let i=String.fromCodePoint(e.codePointAt(s));`],
  [`{f+=e[s++];continue}break}if(!f)`, `{f+=i;s+=i.length;continue}break}if(!f)`],
];

export const urlPatternInGuest: Plugin = {
  name: "url-pattern-in-guest",
  setup(build) {
    build.onLoad({ filter: /urlpattern-polyfill[\\/]dist[\\/]urlpattern\.js$/ }, async ({ path }) => {
      let contents = await readFile(path, "utf8");
      for (const [from, to] of CHANGES) {
        if (contents.split(from).length !== 2) throw new Error(`urlpattern-polyfill has changed: ${from}`);
        contents = contents.replace(from, () => to);
      }
      return { contents, loader: "js" };
    });
  },
};
