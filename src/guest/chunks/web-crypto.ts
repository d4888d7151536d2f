/** Web Crypto: keys, and `crypto.subtle`. */
export { CryptoKey, cryptoKeyRecord, makeCryptoKey } from "./crypto/crypto-key.ts";
export { createSubtle } from "./crypto/subtle.ts";
