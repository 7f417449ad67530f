import { count } from "@/ui/format";
import { Money as Dollars } from "@/ui/Values";
import { type Charge, columns, tokens } from "./charges";
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
      {log.pointsman.charges.length > 1 && <Charges charges={log.pointsman.charges} />}
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

/** What each model was charged, where more than one was called. */
function Charges({ charges }: { charges: readonly (Charge & { element?: string | null })[] }) {
  const shown = columns(charges);
  return (
    <div className="log-charges">
      <h3>By element</h3>
      <table className="log-plain-table">
        <thead>
          <tr>
            <th scope="col">Element</th>
            {shown.map(({ key, name }) => (
              <th key={key} scope="col" className="end log-class">
                {name}
              </th>
            ))}
            <th scope="col" className="end">
              Cost
            </th>
          </tr>
        </thead>
        <tbody>
          {charges.map((it) => (
            <tr key={it.step}>
              <th scope="row">
                {it.element}
                <span className="soft log-charge-model">
                  {it.provider}/{it.model}
                </span>
              </th>
              {shown.map(({ key }) => (
                <td key={key} className="end number log-class">
                  {count(tokens(it, key))}
                </td>
              ))}
              <td className="end">{it.cost == null ? "not known" : <Dollars dollars={it.cost} />}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
