import { useMutation } from "@tanstack/react-query";
import { asProblem, type Problem } from "@/api/problem";

export type Saving<T> = {
  readonly busy: boolean;
  readonly problem: Problem | undefined;
  readonly at: (pointer: string) => readonly string[];
  readonly go: () => void;
  readonly done: T | undefined;
};

/** Runs what a form sends. `run` may throw what it could not read of the form itself (`Typed`). */
export function useSave<T>(run: () => Promise<T>, then: (made: T) => void): Saving<T> {
  const save = useMutation({ mutationFn: run, onSuccess: then });
  const problem = save.error === null ? undefined : asProblem(save.error);
  return {
    busy: save.isPending,
    problem,
    at: (pointer) => problem?.at(pointer) ?? [],
    go: () => save.mutate(),
    done: save.data,
  };
}
