import { Segments } from "@/ui/Segments";
import { COUNTED, counted, everywhere, type Search } from "./search";

type Props = { search: Search; gateway: string; onSearch: (search: Search) => void };

const HINTS = {
  requests: "Each request once, where it was answered, with all that it took and cost.",
  calls:
    "Each model element that called a provider, for itself, failed ones included: a request that fell back counts at both.",
};

/** What is summed up, and of which gateways. */
export function Switches({ search, gateway, onSearch }: Props) {
  return (
    <div className="chart-switches">
      <Segments
        label="Summed up"
        value={search.of}
        options={COUNTED.map((value) => ({
          value,
          label: value === "calls" ? "Calls of models" : "Requests",
        }))}
        onValue={(of) => onSearch(counted(search, of))}
      />
      <Segments
        label="Gateways"
        value={search.all ? "all" : "one"}
        options={[
          { value: "one", label: gateway },
          { value: "all", label: "All gateways" },
        ]}
        onValue={(it) => onSearch(everywhere(search, it === "all"))}
      />
      <p className="soft">{HINTS[search.of]}</p>
    </div>
  );
}
