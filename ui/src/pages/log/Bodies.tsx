import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Button } from "@/ui/Button";
import { CopyButton } from "@/ui/CopyButton";
import { count } from "@/ui/format";
import { ErrorState } from "@/ui/States";
import { Tabs } from "@/ui/Tabs";
import { body, type Detail, type Side } from "./queries";
import { join, pretty } from "./stream";

type Props = { log: Detail; account: string; gateway: string };

/** What was asked and answered. The log brings the beginning; the whole is had by asking for it. */
export function Bodies({ log, account, gateway }: Props) {
  return (
    <section className="log-panel" aria-label="Request and response">
      <div className="log-columns log-bodies">
        <One side="request" log={log} account={account} gateway={gateway} />
        <One side="response" log={log} account={account} gateway={gateway} />
      </div>
    </section>
  );
}

function One({ side, log, account, gateway }: Props & { side: Side }) {
  const head = side === "request" ? log.request_head : log.response_head;
  const whole = side === "request" ? log.request_head_complete : log.response_head_complete;
  const [wanted, setWanted] = useState(false);
  const all = useQuery({ ...body(account, gateway, log.id, side), enabled: wanted });
  const title = side === "request" ? "Request" : "Response";
  if (head == null) {
    return (
      <div>
        <h2>{title}</h2>
        <p className="soft">Not kept: the gateway or the request said that payloads are not logged.</p>
      </div>
    );
  }
  const text = all.data?.text ?? head;
  const size = side === "request" ? log.request_size : log.response_size;
  const stream = side === "response" && log.response_content_type === "text/event-stream";
  return (
    <div>
      <div className="log-body-head">
        <h2>{title}</h2>
        <span className="soft number">{count(size)} bytes</span>
        <CopyButton text={text} what={`Copy the ${side}`} />
      </div>
      {stream ? <Stream text={text} /> : <Text text={pretty(text)} label={title} />}
      {all.error && <ErrorState error={all.error} retry={() => all.refetch()} />}
      {all.data?.complete === false && <p className="soft">The client left before the end of this answer.</p>}
      {!whole && all.data === undefined && (
        <p>
          These are its first 10,000 bytes.{" "}
          <Button busy={wanted && all.isFetching} onClick={() => setWanted(true)}>
            Load all
          </Button>
        </p>
      )}
    </div>
  );
}

function Stream({ text }: { text: string }) {
  const [tab, setTab] = useState("joined");
  const it = join(text);
  return (
    <Tabs
      label="Views of the stream"
      value={tab}
      onValue={setTab}
      tabs={[
        {
          value: "joined",
          label: "Joined",
          content: (
            <>
              {it.reasoning !== "" && <Text text={it.reasoning} label="Reasoning" quiet />}
              {it.text !== "" && <Text text={it.text} label="Text of the answer" />}
              {it.calls.map((call, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the place is what tells equal calls apart
                <Text key={i} text={call} label="Tool called" />
              ))}
              {it.error && <p className="field-bad">The stream broke: {it.error}</p>}
              {it.text === "" && it.calls.length === 0 && (
                <p className="soft">No text in {count(it.events)} events.</p>
              )}
            </>
          ),
        },
        {
          value: "raw",
          label: `Raw, ${count(it.events)} events`,
          content: <Text text={text} label="Raw stream" />,
        },
      ]}
    />
  );
}

function Text({ text, label, quiet = false }: { text: string; label: string; quiet?: boolean }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={quiet ? "log-body soft" : "log-body"} tabIndex={0} aria-label={label}>
      <pre>{text}</pre>
    </section>
  );
}
