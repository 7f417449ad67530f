import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import { diff } from "@/graph/diff";
import type { Doc } from "@/graph/document";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";
import { Field } from "@/ui/Field";
import { Sentence } from "@/ui/Sentence";
import { toast } from "@/ui/toasts";
import { useRoute } from "../context";
import { useDraft } from "../draft/context";
import { Changes, textsOf } from "./Changes";
import { deploy, makeVersion, refresh } from "./queries";

/** What is to be shipped: a version that is there, or the draft, of which one is made. */
export type Cargo = {
  readonly label: string;
  readonly doc: Doc;
  /** `undefined`: the draft. */
  readonly version: string | undefined;
  /** What the compiler refuses in it. */
  readonly errors: number;
};

type Props = {
  cargo: Cargo;
  live: { readonly label: string; readonly doc: Doc } | undefined;
  onClose: () => void;
};

/** The server keeps at most so many characters. */
const COMMENT = 1024;

/** Says what will change for requests before it does, and asks for a word on why. */
export function ShipDialog({ cargo, live, onClose }: Props) {
  const { at, route } = useRoute();
  const client = useQueryClient();
  const loose = useDraft(({ unread, pending }) => unread.length + (pending === undefined ? 0 : 1));
  const [comment, setComment] = useState("");
  const found = useMemo(() => diff(live?.doc ?? [], cargo.doc), [live, cargo]);
  // A deployment that was refused is tried again with the version that was made for it.
  const made = useRef<string>(undefined);
  const ship = useMutation({
    mutationFn: async (live: boolean) => {
      let etag = route.etag;
      let id = cargo.version ?? made.current;
      if (id === undefined) {
        const version = await makeVersion(at, cargo.doc, comment);
        id = version.id;
        made.current = id;
        // Under the ETag of the version just made: whoever deploys in between is noticed.
        etag = version.etag;
      }
      if (live) await deploy(at, id, { comment, ifMatch: etag });
    },
    onSettled: () => refresh(client, at),
    onSuccess: (_, live) => {
      toast(
        live ? `${cargo.version === undefined ? "The draft" : cargo.label} is live.` : "The version is made.",
      );
      onClose();
    },
  });
  const long = comment.length > COMMENT;
  return (
    <Dialog
      open
      title={cargo.version === undefined ? "Ship the draft" : `Deploy ${cargo.label.toLowerCase()}`}
      onClose={onClose}
    >
      <form
        className="ship"
        onSubmit={(event) => {
          event.preventDefault();
          if (!long && cargo.errors === 0) ship.mutate(true);
        }}
      >
        <Changes
          title={
            live === undefined
              ? "Nothing is live yet. With this, requests are answered:"
              : `What changes against ${live.label.toLowerCase()}`
          }
          changes={textsOf(found)}
          none={`This is the same graph as ${live?.label.toLowerCase() ?? "nothing"}: nothing changes for requests.`}
        />
        {cargo.errors > 0 && (
          <p className="field-bad" role="alert">
            {cargo.errors === 1 ? "One error" : `${cargo.errors} errors`} must be mended before it can be
            deployed. A version can be made all the same.
          </p>
        )}
        {cargo.version === undefined && loose > 0 && (
          <p className="ship-loose" role="alert">
            {loose === 1 ? "A text that was typed" : `${loose} texts that were typed`} in the editor, and
            cannot be read yet, {loose === 1 ? "is" : "are"} not in it.
          </p>
        )}
        {ship.error && <Refused error={ship.error} />}
        <Field
          label="Comment"
          hint="Stands in the timeline. Optional."
          problems={
            long
              ? [`At most ${COMMENT} characters; these are ${comment.length}.`]
              : ship.error
                ? asProblem(ship.error).at("/comment")
                : []
          }
        >
          {(control) => (
            <textarea
              {...control}
              className="input ship-comment"
              rows={3}
              value={comment}
              onChange={(event) => setComment(event.target.value)}
            />
          )}
        </Field>
        <div className="ship-row">
          <Button onClick={onClose}>Cancel</Button>
          {cargo.version === undefined && (
            <Button busy={ship.isPending} disabled={long} onClick={() => ship.mutate(false)}>
              Only make a version
            </Button>
          )}
          <Button look="primary" type="submit" busy={ship.isPending} disabled={long || cargo.errors > 0}>
            Deploy
          </Button>
        </div>
      </form>
    </Dialog>
  );
}

function Refused({ error }: { error: unknown }) {
  const problem = asProblem(error);
  return (
    <div className="field-bad" role="alert">
      {problem.stale ? (
        <p>Somebody else changed the route in the meantime. Look at what changes now, and deploy again.</p>
      ) : (
        problem.besides(["/comment"]).map((it) => (
          <p key={it}>
            <Sentence text={it} />
          </p>
        ))
      )}
    </div>
  );
}
