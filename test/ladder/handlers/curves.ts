import { ed25519 } from "@noble/curves/ed25519.js";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { scrypt } from "@noble/hashes/scrypt.js";
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js";
import elliptic from "elliptic";
import forge from "node-forge";
import nacl from "tweetnacl";

const KEY = hexToBytes("11".repeat(32));

export const handler = async (event: { message: string }) => {
  const message = utf8ToBytes(event.message);
  const pair = nacl.sign.keyPair.fromSeed(KEY);
  const box = nacl.secretbox(message, new Uint8Array(24), KEY);
  const curve = new elliptic.ec("secp256k1").keyFromPrivate(bytesToHex(KEY));
  const cipher = forge.cipher.createCipher("AES-GCM", forge.util.createBuffer(KEY).getBytes());
  cipher.start({ iv: "0".repeat(12) });
  cipher.update(forge.util.createBuffer(event.message, "utf8"));
  cipher.finish();
  return {
    sha: bytesToHex(sha256(message)),
    scrypt: bytesToHex(scrypt("password", "salt", { N: 1024, r: 8, p: 1, dkLen: 16 })),
    ed25519: bytesToHex(ed25519.sign(message, KEY)),
    secp256k1: secp256k1.verify(secp256k1.sign(message, KEY), message, secp256k1.getPublicKey(KEY)),
    nacl: [bytesToHex(nacl.sign.detached(message, pair.secretKey)), bytesToHex(box)],
    elliptic: curve.sign(sha256(message)).toDER("hex"),
    forge: [
      cipher.output.toHex(),
      cipher.mode.tag.toHex(),
      forge.md.md5.create().update(event.message).digest().toHex(),
    ],
  };
};
