import { PDFDocument, rgb, StandardFonts } from "pdf-lib";

export const handler = async (event: { number: string; lines: string[] }) => {
  const document = await PDFDocument.create();
  document.setTitle(`Invoice ${event.number}`);
  document.setCreationDate(new Date(0));
  document.setModificationDate(new Date(0));
  const font = await document.embedFont(StandardFonts.HelveticaBold);
  const page = document.addPage([300, 400]);
  event.lines.forEach((line, index) =>
    page.drawText(line, { x: 20, y: 360 - index * 20, size: 12, font, color: rgb(0, 0.3, 0.6) }),
  );
  const bytes = await document.save({ useObjectStreams: true });
  const again = await PDFDocument.load(bytes);
  return {
    isBase64Encoded: true,
    body: Buffer.from(bytes).toString("base64"),
    pages: again.getPageCount(),
    title: again.getTitle(),
  };
};
