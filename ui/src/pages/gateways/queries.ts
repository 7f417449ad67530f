import { call } from "@/api/client";
import type { components } from "@/api/schema";

export type Gateway = components["schemas"]["GatewayView"];

const GATEWAYS = "/client/v4/accounts/{account_id}/ai-gateway/gateways" as const;

export type NewGateway = {
  readonly id: string;
  readonly authentication: boolean;
  readonly collect_logs: boolean;
};

/** Everything else has its default, and is changed in the settings. */
export async function create(account: string, gateway: NewGateway): Promise<Gateway> {
  // The document has every setting as a member that must be there, and none of these three.
  const body: components["schemas"]["Settings"] = JSON.parse(JSON.stringify(gateway));
  return (await call("post", GATEWAYS, { path: { account_id: account }, body })).result;
}

export async function remove(account: string, gateway: string, force: boolean): Promise<void> {
  const path = { account_id: account, gateway_id: gateway };
  await call("delete", `${GATEWAYS}/{gateway_id}`, { path, query: { force } });
}
