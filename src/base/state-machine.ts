/** Which states follow which; whatever is not listed is refused. */
export type StateTable<State extends string> = Readonly<Record<State, readonly State[]>>;

/** Whether `table` lets `from` become `to`. */
export function allows<State extends string>(table: StateTable<State>, from: State, to: State): boolean {
  return table[from].includes(to);
}

/** `to`, when `table` lets `from` become it. Throws otherwise: a transition nobody foresaw is a bug, never a guess. */
export function transition<State extends string>(table: StateTable<State>, from: State, to: State): State {
  if (!allows(table, from, to)) throw new Error(`isolet: ${from} can't become ${to}`);
  return to;
}
