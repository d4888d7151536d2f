/** The attacks that one process can contain; `uncontained.ts` lists the others. */
import { expectContained } from "./suite.ts";
import { isUncontained } from "./uncontained.ts";

expectContained("in-process", ({ name }) => !isUncontained(name));
