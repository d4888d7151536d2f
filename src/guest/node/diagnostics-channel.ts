/** `node:diagnostics_channel`. */
import { Channel, channel, type ChannelName } from "./diagnostics-channel/channel.ts";
import { TracingChannel } from "./diagnostics-channel/tracing.ts";

type Subscriber = (message: unknown, name: ChannelName) => void;

export function create(): object {
  return {
    channel,
    hasSubscribers: (name: unknown) => channel(name).hasSubscribers,
    subscribe: (name: unknown, subscriber: Subscriber) => channel(name).subscribe(subscriber),
    tracingChannel: (given: unknown) => new TracingChannel(given),
    unsubscribe: (name: unknown, subscriber: Subscriber) => channel(name).unsubscribe(subscriber),
    Channel,
  };
}
