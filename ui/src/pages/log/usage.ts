/** Tokens and dollars by class. Pure. */

export type Usage = {
  /** All of them, of every class. */
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cache_read_tokens: number;
  /** Of both times that a provider keeps them. */
  readonly cache_write_tokens: number;
  readonly cache_write_1h_tokens: number;
  readonly audio_input_tokens: number;
  readonly image_input_tokens: number;
  readonly reasoning_tokens: number;
  readonly audio_output_tokens: number;
  readonly image_output_tokens: number;
};
export type Costs = {
  readonly input: number;
  readonly cache_read: number;
  readonly cache_write: number;
  readonly output: number;
};

export type Class = {
  readonly key: string;
  readonly name: string;
  readonly tokens: number;
  readonly cost: number | undefined;
  /** It is in the class above it. */
  readonly part: boolean;
};

/** Classes that add up to the total, each with what it cost; below one, in words, what of it was of a special kind. */
export function classes(usage: Usage, costs: Costs | undefined): readonly Class[] {
  const { cache_read_tokens: read, cache_write_tokens: written } = usage;
  const whole = (key: string, name: string, tokens: number, cost: number | undefined) => ({
    key,
    name,
    tokens,
    cost,
    part: false,
  });
  const part = (key: string, name: string, tokens: number) => ({
    key,
    name,
    tokens,
    cost: undefined,
    part: true,
  });
  const all: readonly (Class & { always?: boolean })[] = [
    {
      ...whole("input", "Input", Math.max(0, usage.input_tokens - read - written), costs?.input),
      always: true,
    },
    part("audio_in", "of it audio", usage.audio_input_tokens),
    part("image_in", "of it images", usage.image_input_tokens),
    whole("read", "Read from the provider’s cache", read, costs?.cache_read),
    whole("written", "Written to the provider’s cache", written, costs?.cache_write),
    part("hour", "of it for an hour", usage.cache_write_1h_tokens),
    { ...whole("output", "Output", usage.output_tokens, costs?.output), always: true },
    part("reasoning", "of it reasoning", usage.reasoning_tokens),
    part("audio_out", "of it audio", usage.audio_output_tokens),
    part("image_out", "of it images", usage.image_output_tokens),
  ];
  return all.filter((it) => it.always || it.tokens > 0 || (it.cost ?? 0) > 0);
}
