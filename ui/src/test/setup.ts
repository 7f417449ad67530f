import { cleanup, configure } from "@testing-library/react";
import { afterEach } from "vitest";

// What is waited for comes when it comes: the first page of a run is compiled while the test looks for it.
configure({ asyncUtilTimeout: 30_000 });

afterEach(cleanup);
