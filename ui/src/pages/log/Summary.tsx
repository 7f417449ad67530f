import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { withMetadata } from "@/pages/logs/filters";
import { Badge } from "@/ui/Badge";
import { count } from "@/ui/format";
import { Duration, Money } from "@/ui/Values";
import type { Detail } from "./queries";
import { us } from "./waterfall";

/** What one wants to know first, and below it everything else that the record says. */
export function Summary({ log, gateway }: { log: Detail; gateway: string }) {
  const ours = log.pointsman;
  return (
    <section className="log-panel" aria-label="Summary">
      <dl className="log-facts log-facts-first">
        <Fact name="Time">
          <time dateTime={log.created_at}>{new Date(log.created_at).toLocaleString("en-GB")}</time>
        </Fact>
        <Fact name="Model">
          {log.provider}/{log.model}
        </Fact>
        <Fact name="Duration">
          <Duration ms={log.duration} />
        </Fact>
        <Fact name="First byte">
          {log.timings.latency == null ? "–" : <Duration ms={log.timings.latency} />}
        </Fact>
        <Fact name="Tokens in → out">
          <span className="number">
            {log.tokens_in == null ? "–" : count(log.tokens_in)} →{" "}
            {log.tokens_out == null ? "–" : count(log.tokens_out)}
          </span>
        </Fact>
        <Fact name="Cost">{log.cost == null ? "not known" : <Money dollars={log.cost} />}</Fact>
        {ours.cause && (
          <Fact name="Cause">
            <Badge tone="bad">{ours.cause}</Badge>
          </Fact>
        )}
        {ours.finish && <Fact name="Stopped by">{ours.finish}</Fact>}
        {log.cached && (
          <Fact name="Cache">
            <Badge tone="good">Hit</Badge>
          </Fact>
        )}
      </dl>
      <details className="log-more">
        <summary>Everything that was recorded</summary>
        <dl className="log-facts">
          {ours.route && ours.route_id && (
            <Fact name="Route">
              <Link to="/g/$gateway/routes/$id" params={{ gateway, id: ours.route_id }}>
                {ours.route}
              </Link>
            </Fact>
          )}
          <Fact name="Version">{ours.version}</Fact>
          <Fact name="Path called">{log.path}</Fact>
          <Fact name="Way in">{log.request_type}</Fact>
          <Fact name="Request type">{log.request_content_type}</Fact>
          <Fact name="Response type">{log.response_content_type}</Fact>
          <Fact name="Sizes">
            {count(log.request_size)} bytes in, {count(log.response_size)} bytes out
          </Fact>
          <Fact name="Streamed">{yes(ours.streamed)}</Fact>
          <Fact name="With a token">{yes(log.authentication)}</Fact>
          <Fact name="Token">{ours.token}</Fact>
          <Fact name="Stored provider key">{yes(log.byok)}</Fact>
          <Fact name="User agent">{log.user_agent}</Fact>
          <Fact name="Event id">{log.event_id}</Fact>
          <Fact name="Seed">{ours.seed}</Fact>
          <Fact name="Trace">{ours.trace}</Fact>
          <Fact name="Time in the gateway">{us(ours.times.gateway_us)}</Fact>
          <Fact name="of it in the route">{us(ours.times.route_us)}</Fact>
          <Fact name="Time upstream">{us(ours.times.upstream_us)}</Fact>
          {Object.entries(log.metadata).map(([key, value]) => (
            <Fact key={key} name={`metadata.${key}`}>
              <Link
                to="/g/$gateway/logs"
                params={{ gateway }}
                search={{ filters: withMetadata([], key, String(value)) }}
                title="Logs with this metadata"
              >
                {String(value)}
              </Link>
            </Fact>
          ))}
        </dl>
      </details>
    </section>
  );
}

function yes(it: boolean): string {
  return it ? "yes" : "no";
}

/** What there is none of is left out. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  if (children === null || children === undefined || children === "") return null;
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
