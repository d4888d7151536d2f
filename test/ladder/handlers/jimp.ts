import { Jimp, intToRGBA } from "jimp";

export const handler = async () => {
  const image = new Jimp({ width: 64, height: 32, color: 0xff8800ff });
  for (let x = 0; x < 16; x++) for (let y = 0; y < 16; y++) image.setPixelColor(0x0044ccff, x, y);
  const png = await image.clone().resize({ w: 16, h: 8 }).greyscale().getBuffer("image/png");
  const thumbnail = await Jimp.read(png);
  const jpeg = await image.getBuffer("image/jpeg", { quality: 60 });
  return {
    isBase64Encoded: true,
    size: [thumbnail.width, thumbnail.height],
    pixel: intToRGBA(thumbnail.getPixelColor(1, 1)),
    jpeg: [jpeg.subarray(0, 3).toString("hex"), jpeg.length],
    hash: image.hash(),
  };
};
