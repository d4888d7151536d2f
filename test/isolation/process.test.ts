/** Every attack of the suite on environments in processes of their own: all of them are contained. */
import { expectContained } from "./suite.ts";

expectContained("process", () => true);
