import { count } from "@/ui/format";
import { Money as Dollars } from "@/ui/Values";
import type { Detail } from "./queries";
import { classes } from "./usage";

/** Tokens and dollars by class, and who said the price. */
export function Money({ log }: { log: Detail }) {
  const usage = log.usage_metadata;
  const costs = log.pointsman.costs;
  return (
    <section className="log-panel" aria-labelledby="log-money">
      <h2 id="log-money">Usage and cost</h2>
      {!usage && <p className="soft">No usage was reported: nobody answered, or the answer named none.</p>}
      {usage && (
        <table className="log-plain-table">
          <thead>
            <tr>
              <th scope="col">Class</th>
              <th scope="col" className="end">
                Tokens
              </th>
              <th scope="col" className="end">
                Cost
              </th>
            </tr>
          </thead>
          <tbody>
            {classes(usage, costs ?? undefined).map((it) => (
              <tr key={it.key}>
                <th scope="row" className={it.part ? "log-part" : ""}>
                  {it.name}
                </th>
                <td className="end number">{count(it.tokens)}</td>
                <td className="end number">{it.cost === undefined ? "" : <Dollars dollars={it.cost} />}</td>
              </tr>
            ))}
            {costs && costs.other > 0 && (
              <tr>
                <th scope="row">By another measure</th>
                <td />
                <td className="end">
                  <Dollars dollars={costs.other} />
                </td>
              </tr>
            )}
          </tbody>
          <tfoot>
            <tr>
              <th scope="row">Total</th>
              <td className="end number">{count(usage.total_tokens)}</td>
              <td className="end">{log.cost == null ? "not known" : <Dollars dollars={log.cost} />}</td>
            </tr>
          </tfoot>
        </table>
      )}
      <p className="soft log-price">
        {log.custom_cost && "The cost came with the request. "}
        {log.pointsman.price_version
          ? `Price: ${log.pointsman.price_version}`
          : log.cost == null && usage
            ? "The price of this model is not known."
            : ""}
      </p>
    </section>
  );
}
