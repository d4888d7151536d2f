/** What of the runtime's calls is used here. */
export interface RuntimeCalls {
  open(operation: string, argument: string, listener: CallListener): OpenCall;
}

interface CallListener {
  part?(text: string): void;
  done(text: string): void;
  failed(error: Error): void;
}

export interface OpenCall {
  more(text: string): void;
  end(): void;
}
