const CryptoJS = require("crypto-js");

exports.handler = async ({ text }) => {
  const encrypted = CryptoJS.AES.encrypt(text, "passphrase").toString();
  return {
    md5: CryptoJS.MD5(text).toString(),
    hmac: CryptoJS.HmacSHA256(text, "key").toString(CryptoJS.enc.Base64),
    pbkdf2: CryptoJS.PBKDF2(text, "salt", { keySize: 4, iterations: 10 }).toString(),
    opened: CryptoJS.AES.decrypt(encrypted, "passphrase").toString(CryptoJS.enc.Utf8),
  };
};
