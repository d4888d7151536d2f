import { fileTypeFromBuffer } from "file-type";
import { imageSize } from "image-size";
import mime from "mime";
import { PNG } from "pngjs";
import QRCode from "qrcode";

export const handler = async (event: { url: string }) => {
  const code = await QRCode.toBuffer(event.url, { errorCorrectionLevel: "H", margin: 1 });
  const png = PNG.sync.read(code);
  const made = new PNG({ width: 2, height: 2 });
  made.data.fill(255);
  const bytes = PNG.sync.write(made);
  return {
    size: [png.width, png.height, png.data.subarray(0, 8).toString("hex")],
    svg: await QRCode.toString(event.url, { type: "svg" }),
    text: await QRCode.toString("ladder", { type: "utf8" }),
    type: await fileTypeFromBuffer(code),
    dimensions: imageSize(bytes),
    mime: [mime.getType("a/b.webp"), mime.getExtension("application/json")],
  };
};
