import ExcelJS from "exceljs";

export const handler = async (event: { rows: { name: string; amount: number }[] }) => {
  const workbook = new ExcelJS.Workbook();
  workbook.created = workbook.modified = new Date(0);
  const sheet = workbook.addWorksheet("Report");
  sheet.columns = [
    { header: "Name", key: "name", width: 20 },
    { header: "Amount", key: "amount", style: { numFmt: "#,##0.00" } },
  ];
  sheet.addRows(event.rows);
  sheet.getCell("B10").value = { formula: "SUM(B2:B3)", result: 3 };
  sheet.getRow(1).font = { bold: true };
  const bytes = await workbook.xlsx.writeBuffer();
  const read = new ExcelJS.Workbook();
  await read.xlsx.load(bytes);
  const rows: unknown[] = [];
  read.getWorksheet("Report")?.eachRow((row) => rows.push(row.values));
  const csv = await workbook.csv.writeBuffer();
  return { rows, csv: Buffer.from(csv).toString(), zip: Buffer.from(bytes).subarray(0, 4).toString("hex") };
};
