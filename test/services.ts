import { connect } from "node:net";

/** Servers that tests talk to where they are there, on this machine and at their usual ports. */
export const SERVICES = {
  postgresql: 5432,
  mariadb: 3306,
  redis: 6379,
  rabbitmq: 5672,
  mosquitto: 1883,
  nats: 4222,
} as const satisfies Readonly<Record<string, number>>;

export type Service = keyof typeof SERVICES;

/**
 * Why a test that needs a service can't be run; nothing when it can.
 * @throws with `ISOLET_REQUIRE_SERVICES=1`, as in CI, where all of them must be there.
 */
export async function missingService(service: Service): Promise<string | undefined> {
  if (await isReachable(SERVICES[service])) return undefined;
  const reason = `${service} can't be reached at 127.0.0.1:${SERVICES[service]}`;
  if (process.env["ISOLET_REQUIRE_SERVICES"] !== "1") return reason;
  throw new Error(`${reason}, and ISOLET_REQUIRE_SERVICES asks for it.`);
}

function isReachable(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: "127.0.0.1", port });
    const done = (isThere: boolean) => (): void => {
      socket.destroy();
      resolve(isThere);
    };
    socket.once("connect", done(true)).once("error", done(false));
  });
}
