import { useQuery } from "@tanstack/react-query";
import { CopyButton } from "@/ui/CopyButton";
import { EmptyState } from "@/ui/States";
import { address } from "./queries";

/** No log at all yet: how to make the first. */
export function FirstRequest({ account, gateway }: { account: string; gateway: string }) {
  const base = useQuery(address(account, gateway));
  const url = base.data ?? `${window.location.origin}/v1/${account}/${gateway}/compat`;
  const curl = [
    `curl ${url.replace(/\/$/, "")}/chat/completions \\`,
    `  -H 'content-type: application/json' \\`,
    `  -H "cf-aig-authorization: Bearer $POINTSMAN_TOKEN" \\`,
    `  -d '{"model": "echo/echo", "messages": [{"role": "user", "content": "Hello"}]}'`,
  ].join("\n");
  return (
    <EmptyState title="No requests yet" action={<CopyButton text={curl} what="Copy the command" />}>
      Every request to this gateway is listed here within a second of its end. Send the first one; the
      built-in provider echo needs no key. At an open gateway leave the header with the token out.
      <code className="log-first-request">{curl}</code>
    </EmptyState>
  );
}
