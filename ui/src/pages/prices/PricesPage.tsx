import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useGateway } from "@/app/gateway";
import { useMay, useSession } from "@/session/context";
import { Tabs } from "@/ui/Tabs";
import { customProviders } from "../providers/queries";
import { PROVIDERS } from "../providers/table";
import { History } from "./History";
import { Overrides } from "./Overrides";

export default function PricesPage() {
  const { account_id } = useSession();
  const gateway = useGateway();
  const [write, admin] = [useMay("write"), useMay("admin")];
  const custom = useQuery(customProviders(account_id));
  const [tab, setTab] = useState("gateway");
  const providers = [
    ...(custom.data ?? []).map((it) => `custom-${it.slug}`),
    ...PROVIDERS.map((it) => it.slug),
  ].sort();
  const shared = { account: account_id, providers };
  return (
    <>
      <div className="page-head">
        <h1>Prices</h1>
        <span className="soft">Those set here come before the catalogue's</span>
      </div>
      <Tabs
        label="Whose prices"
        value={tab}
        onValue={setTab}
        tabs={[
          {
            value: "gateway",
            label: `In ${gateway}`,
            content: <Overrides key={gateway} {...shared} owner={gateway} mayWrite={write} />,
          },
          {
            value: "account",
            label: "In all gateways",
            content: <Overrides {...shared} owner={undefined} mayWrite={admin} />,
          },
          { value: "history", label: "History", content: <History account={account_id} /> },
        ]}
      />
    </>
  );
}
