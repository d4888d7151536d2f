export function dataCloneError(message: string): Error {
  return new DOMException(message, "DataCloneError");
}
