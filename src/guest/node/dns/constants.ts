/** Flags of `lookup`, and the codes of failed queries. */
export const FLAGS = { ADDRCONFIG: 32, V4MAPPED: 8, ALL: 16 };

const NAMES = [
  ...["NODATA", "FORMERR", "SERVFAIL", "NOTFOUND", "NOTIMP", "REFUSED", "BADQUERY", "BADNAME", "BADFAMILY"],
  ...["BADRESP", "CONNREFUSED", "TIMEOUT", "EOF", "FILE", "NOMEM", "DESTRUCTION", "BADSTR", "BADFLAGS"],
  ...["NONAME", "BADHINTS", "NOTINITIALIZED", "LOADIPHLPAPI", "ADDRGETNETWORKPARAMS", "CANCELLED"],
];

export const CODES: Readonly<Record<string, string>> = Object.fromEntries(
  NAMES.map((name) => [name, `E${name}`]),
);
