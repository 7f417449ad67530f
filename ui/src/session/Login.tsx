import { useMutation, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { asProblem } from "@/api/problem";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Mark } from "@/ui/Mark";
import { login, sessionQuery } from "./session";
import "./login.css";

export function Login() {
  const [token, setToken] = useState("");
  const client = useQueryClient();
  const enter = useMutation({
    mutationKey: sessionQuery.queryKey,
    mutationFn: login,
    onSuccess: (session) => {
      // The session's own query stays: the shell is watching it.
      client.removeQueries({ predicate: (it) => it.queryKey[0] !== sessionQuery.queryKey[0] });
      client.setQueryData(sessionQuery.queryKey, session);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    enter.mutate(token.trim());
  };
  const wrong = enter.error ? [asProblem(enter.error).message] : [];
  return (
    <main className="login">
      <form className="login-card" onSubmit={submit}>
        <h1>
          <Mark /> Pointsman
        </h1>
        <Field
          label="Token"
          hint="The admin token, or any token of this server. It is not kept: this browser gets a session."
          problems={wrong}
        >
          {(field) => (
            <input
              {...field}
              type="password"
              autoComplete="current-password"
              spellCheck={false}
              value={token}
              onChange={(event) => setToken(event.target.value)}
            />
          )}
        </Field>
        <Button type="submit" look="primary" busy={enter.isPending} disabled={token.trim() === ""}>
          Log in
        </Button>
      </form>
    </main>
  );
}
