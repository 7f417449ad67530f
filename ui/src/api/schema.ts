// Generated from the OpenAPI document by `npm run gen`; do not edit.

export interface paths {
    "/client/v4/accounts/{account_id}/ai-gateway/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sum requests to all gateways up, by time and by what they have in common.
         * @description A token limited to gateways gets the sums of only those. Filters are parameters named like dimensions: `gateway=support`, `provider=openai`,
         *     `metadata.team=red`.
         */
        get: operations["aig-get-account-analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List management writes, newest first.
         * @description Several filters must all be fulfilled.
         */
        get: operations["list-audit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/audit/names": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List who has changed anything, and what kinds of changes there are: what the filters of the audit log can be filled with. */
        get: operations["list-audit-names"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/custom-providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List custom providers, oldest first. */
        get: operations["list-custom-providers"];
        put?: never;
        /** Add a custom provider. */
        post: operations["create-custom-provider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/custom-providers/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a custom provider. */
        get: operations["get-custom-provider"];
        put?: never;
        post?: never;
        /** Delete a custom provider. One that a deployed route calls goes only with `force=true`. */
        delete: operations["delete-custom-provider"];
        options?: never;
        head?: never;
        /** Change a custom provider; what is not sent stays. `headers: ""` removes them; a slug that a deployed route calls stays. */
        patch: operations["update-custom-provider"];
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/custom-providers/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Call one model of a custom provider once and say how it answered. The call is real: the provider may bill it, no limit
         *     counts it and no log keeps it.
         */
        post: operations["test-custom-provider"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/custom-providers/costs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the costs of custom providers, oldest first. */
        get: operations["aig-config-list-account-provider-cost"];
        put?: never;
        /** Say what models of a custom provider cost. */
        post: operations["aig-config-create-account-provider-cost"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/custom-providers/costs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a cost. */
        get: operations["aig-config-fetch-account-provider-cost"];
        put?: never;
        post?: never;
        /** Delete a cost. */
        delete: operations["aig-config-delete-account-provider-cost"];
        options?: never;
        head?: never;
        /** Change a cost; what is not sent stays. */
        patch: operations["aig-config-update-account-provider-cost"];
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List gateways, oldest first; a token limited to gateways sees only those. */
        get: operations["aig-config-list-gateway"];
        put?: never;
        /** Create a gateway. */
        post: operations["aig-config-create-gateway"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a gateway. */
        get: operations["aig-config-fetch-gateway"];
        /** Replace the settings of a gateway; what is not sent gets its default, except `authentication`, which stays. */
        put: operations["aig-config-update-gateway"];
        post?: never;
        /** Delete a gateway with its routes, keys, prices and logs. One with deployed routes goes only with `force=true`. */
        delete: operations["aig-config-delete-gateway"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Sum requests up, by time and by what they have in common.
         * @description Filters are parameters named like dimensions: `provider=openai`, `metadata.team=red`.
         */
        get: operations["aig-get-gateway-analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/limits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the buckets in use, the nearest to its limit first: of the gateway's own limits, its stored keys, and the rate elements of deployed
         *     versions.
         */
        get: operations["list-limits"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/limits/reset": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Begin a bucket anew: what it has counted and settled is forgotten, on all nodes. What calls under way hold stays held, and is charged when
         *     they end. The result is the bucket as it was before.
         */
        post: operations["reset-limit"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the requests of a gateway, newest first unless asked otherwise.
         * @description Several filters must all be fulfilled; of the values of one, any is enough.
         */
        get: operations["aig-config-list-gateway-logs"];
        put?: never;
        post?: never;
        /** Delete the requests that fit, the oldest first unless asked otherwise, at most `limit` of them. */
        delete: operations["aig-config-delete-gateway-logs"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one request with the path it took, and the beginnings of what was asked and answered. */
        get: operations["aig-config-get-gateway-log-detail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        /** Give a request feedback, a score or other metadata. */
        patch: operations["aig-config-patch-gateway-log"];
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}/request": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the body of the request as the caller sent it. */
        get: operations["aig-config-get-gateway-log-request"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/{id}/response": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the body of the response as the caller got it; an answer in parts as `text/event-stream`. */
        get: operations["aig-config-get-gateway-log-response"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/logs/metadata-keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the keys that the metadata of a gateway's logs has, without their values.
         * @description One may be listed for an hour after the last log with it has gone.
         */
        get: operations["aig-config-list-gateway-log-metadata-keys"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/models": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the models that are known, by provider and name, with what they cost in this gateway and what they can do. A model that is not listed can
         *     be called all the same.
         */
        get: operations["list-models"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the price overrides of a gateway. */
        get: operations["list-prices"];
        /** Set the price of a model in this gateway; it replaces the catalogue's. */
        put: operations["put-price"];
        post?: never;
        /** Delete a price override; the catalogue's price is back. */
        delete: operations["delete-price"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the stored provider keys, newest first. */
        get: operations["aig-config-list-providers"];
        put?: never;
        /** Store a provider key, encrypted. */
        post: operations["aig-config-create-providers"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/provider_configs/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /** Replace a stored provider key, its weight or its limit, or several of them; what is not sent stays. */
        put: operations["aig-config-update-providers"];
        post?: never;
        /** Delete a stored provider key. The last key of a provider that a deployed route calls goes only with `force=true`. */
        delete: operations["aig-config-delete-providers"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/providers": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the providers of a gateway, by name: which have keys here, and which have one in the server's environment or configuration file. Never
         *     the keys.
         */
        get: operations["list-providers"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List dynamic routes, newest first. */
        get: operations["aig-config-list-gateway-dynamic-routes"];
        put?: never;
        /** Create a dynamic route; its version 1 is deployed at once. */
        post: operations["aig-config-post-gateway-dynamic-route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get a dynamic route with its deployed version. */
        get: operations["aig-config-get-gateway-dynamic-route"];
        put?: never;
        post?: never;
        /** Delete a dynamic route with its versions and deployments. */
        delete: operations["aig-config-delete-gateway-dynamic-route"];
        options?: never;
        head?: never;
        /** Rename a dynamic route, or give it a new graph, or both. */
        patch: operations["aig-config-update-gateway-dynamic-route"];
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/analytics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Sum up what came through each output of a route's elements. */
        get: operations["aig-get-route-analytics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/deployments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the deployments of a route, newest first. */
        get: operations["aig-config-list-gateway-dynamic-route-deployments"];
        put?: never;
        /** Make a version live. It is compiled again against what the gateway has now; one with errors is refused with all of them. */
        post: operations["aig-config-post-gateway-dynamic-route-deployment"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/draft": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get the draft; what the compiler says of it now is in `messages`. */
        get: operations["get-draft"];
        /** Replace the draft. Problems of a graph are no obstacle; they are in `messages`. */
        put: operations["put-draft"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/simulate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Walk a route with a sample request as production would, and tell the way. No provider is called, no limit is asked or counted, nothing
         *     is recorded. Limits admit and models answer unless `outcomes` or `down` say otherwise.
         */
        post: operations["simulate-route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/versions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the versions of a route, newest first. */
        get: operations["aig-config-list-gateway-dynamic-route-versions"];
        put?: never;
        /** Keep a new graph without deploying it. One with errors is kept as invalid, with the errors in `messages`. */
        post: operations["aig-config-post-gateway-dynamic-route-version"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/{id}/versions/{version_id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get one version; its problems are in `messages`. */
        get: operations["aig-config-get-gateway-dynamic-route-version"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/routes/check": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Compile a graph against what the gateway has, and list every problem. Nothing is saved. */
        post: operations["check-route"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/gateways/{gateway_id}/url/{provider}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The URL a client of that provider takes as its base; `compat` is the OpenAI-compatible one. */
        get: operations["aig-config-get-gateway-url"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/prices": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the price overrides of the account; a gateway's own come before them. */
        get: operations["list-account-prices"];
        /** Set the price of a model in every gateway that has none of its own. */
        put: operations["put-account-price"];
        post?: never;
        /** Delete a price override of the account; the catalogue's price is back. */
        delete: operations["delete-account-price"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/ai-gateway/prices/history": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Every price override that was ever set or taken back, newest first. */
        get: operations["list-price-history"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/tokens": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List API tokens, newest first. */
        get: operations["list-tokens"];
        put?: never;
        /** Create an API token. `value` in the reply is the secret, shown once. */
        post: operations["create-token"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/tokens/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Get an API token. */
        get: operations["get-token"];
        put?: never;
        post?: never;
        /** Revoke an API token, at once. */
        delete: operations["delete-token"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/accounts/{account_id}/tokens/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same for a token of the account. */
        get: operations["account-api-tokens-verify-token"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/client/v4/user/tokens/verify": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Say whether the token of this request is good, whatever it permits. */
        get: operations["user-api-tokens-verify-token"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        /** @description Documented settings that this server never has. */
        Absent: {
            /** @description Always `null`, like the three below. */
            dlp?: Record<string, never> | null;
            guardrails?: Record<string, never> | null;
            log_classification?: Record<string, never> | null;
            stripe?: Record<string, never> | null;
        };
        /** @description `"true"` or `"false"` in the reference dialect, a boolean in the live one. */
        Active: string | boolean;
        /** @description Who did it. */
        ActorView: {
            /** @description A token's id, `admin` or `local`. */
            id: string;
            name: string;
        };
        /** @description Requests summed up by time and group. */
        AnalyticsView: components["schemas"]["RangeView"] & {
            /**
             * Format: int64
             * @description Requests whose value of metadata, or combination with a key or a value, is no longer known because there were too many: the sums of groups
             *     lack them, if they were theirs, and so does `total` when it is filtered by such a combination.
             */
            folded_requests: number;
            /** @description Dimensions that groups are told apart by. */
            group: string[];
            /** @description The largest groups; empty without `group`. */
            groups: components["schemas"]["GroupView"][];
            /** @description What is summed up: `requests`, or `calls`. */
            of: string;
            rest?: components["schemas"]["SeriesView"] | null;
            /** @description Everything that the filters let through. */
            total: components["schemas"]["SeriesView"];
        };
        /** @description What the filters can be filled with. */
        AuditNamesView: {
            /** @description At most 1000, in the order of their bytes. */
            actions: string[];
            /** @description At most 1000, each with the name in its latest entry; by name. */
            actors: components["schemas"]["ActorView"][];
            /** @description Whether these are all. */
            complete: boolean;
        };
        /** @description One management write. */
        AuditView: {
            /** @description `route.create`, `deployment.create`, … */
            action: string;
            actor: components["schemas"]["ActorView"];
            /** Format: date-time */
            created_at: string;
            /** @description What was changed; never a secret. */
            detail: Record<string, never>;
            gateway_id?: string | null;
            id: string;
            /** @description Id of what was changed. */
            resource: string;
        };
        /** @enum {string} */
        Backoff: "constant" | "linear" | "exponential";
        /** @enum {string} */
        Billing: "postpaid" | "unified";
        /** @description A value that chose a bucket. */
        BucketKey: {
            /** @description Only the beginning is known: names of buckets are kept up to a length. */
            cut?: boolean | null;
            /** @description Where it was read: `metadata.user`, `request.key`, `model`. */
            field: string;
            /** @description Of `request.key`, for administrators: the name of the token. */
            name?: string | null;
            /** @description What was read; the empty text when there was nothing. Lists and objects are their JSON as text. */
            value: unknown;
        };
        /** @description A bucket in use. */
        BucketView: {
            /** @description Names it, for `limits/reset`; opaque. */
            bucket: string;
            /**
             * Format: double
             * @description What calls under way may cost.
             */
            held: number;
            /** @description The values that chose the bucket; empty: the limit has one for all. */
            key: components["schemas"]["BucketKey"][];
            /** Format: double */
            limit: number;
            /** @description Where the limit is written. */
            owner: components["schemas"]["LimitOwner"];
            /**
             * Format: date-time
             * @description When room begins to return: the oldest of what is settled leaves the window. `null`: there is nothing but holds, which no clock ends.
             */
            refills_at?: string | null;
            /**
             * Format: date-time
             * @description When all that is used or held now will have left the window; `null`: nothing is.
             */
            resets_at?: string | null;
            /**
             * Format: double
             * @description What was counted, and what calls in the window have cost.
             */
            settled: number;
            /**
             * Format: double
             * @description `used` by `limit`, to four places, rounded down; above 1 when calls have cost more than was held for them.
             */
            share: number;
            /** @description `sliding` or `fixed`. */
            technique: string;
            /** @description `requests` or `dollars`: the unit of the four amounts. */
            unit: string;
            /**
             * Format: double
             * @description Settled and held together.
             */
            used: number;
            /**
             * Format: int64
             * @description Seconds.
             */
            window: number;
        };
        /** @description What was wrong, in the words of a request log. */
        CauseView: {
            /** @description `dns`, `connect`, `tls`, `private`, `timeout`, `reset`, `status`, `broken_body`, `error_in_200`, `no_key`, `unsupported`. */
            kind: string;
            /** @description For people, with what the provider said; keys and fixed headers are taken out. */
            message: string;
        };
        /** @description What is not sent stays; `null` takes it away. */
        ChangeLog: {
            /**
             * Format: int64
             * @description -1, 0 or 1.
             */
            feedback?: number | null;
            /** @description Text, numbers and booleans by name; replaces what the caller sent. */
            metadata?: Record<string, never> | null;
            /**
             * Format: int64
             * @description A whole number from 0 to 100.
             */
            score?: number | null;
        };
        /** @description A new key for a stored one, another weight or another limit, or several of them. */
        ChangeProviderConfig: {
            /**
             * Format: int32
             * @description What is not sent stays; `null` takes the limit away, as 0 does.
             */
            rate_limit?: number | null;
            rate_limit_period?: components["schemas"]["Period"] | null;
            secret?: components["schemas"]["Secret"] | null;
            secret_id?: string | null;
            weight?: components["schemas"]["Weight"] | null;
        };
        /** @description What a client may send. Only `base_url`, `dialect`, `headers` and `enable` have an effect; the rest is kept for display. */
        Changes: {
            /**
             * @description What the SDK of its dialect takes as its base URL. Required when creating.
             * @example https://llm.example.com/v1
             */
            base_url?: string | null;
            beta?: boolean | null;
            curl_example?: string | null;
            description?: string | null;
            /** @description What it speaks, and so where its key goes: `openai` (the default), `responses`, `anthropic`, `gemini`, `cohere`, `converse`. */
            dialect?: string | null;
            enable?: boolean | null;
            /** @description A JSON object of fixed headers, as text of at most 8192 bytes. Kept encrypted; values are never returned. */
            headers?: string | null;
            js_example?: string | null;
            link?: string | null;
            logo?: string | null;
            /** @description Required when creating. */
            name?: string | null;
            /** Format: int64 */
            position?: number | null;
            /** @description 1 to 64 lower-case letters, digits and `-`. Required when creating. */
            slug?: string | null;
        };
        /** @description What the attempts of one model element were charged together. */
        ChargeView: {
            cost?: components["schemas"]["Dollars"] | null;
            /** @description Id of that element; `null` on a direct call. */
            element?: string | null;
            model: string;
            provider: string;
            /**
             * Format: int32
             * @description Index among the elements of `path` that have `attempts`.
             */
            step: number;
            usage: components["schemas"]["UsageView"];
        };
        /** @description What the compiler says of it. */
        CheckedRoute: {
            /** @description It could be deployed as it is. */
            is_valid: boolean;
            /** @description Errors, then warnings. */
            problems: components["schemas"]["Entry"][];
        };
        /** @description A graph to be looked at. */
        CheckRoute: {
            elements: components["schemas"]["Elements"];
        };
        /** @description The model that would answer. */
        Chosen: {
            /** @description Id of the element. */
            element: string;
            /** @description The provider's name of the model. */
            model: string;
            /** @description Slug of the provider. */
            provider: string;
        };
        /** @description A collector. Values of headers are never returned; `***` keeps the one that was given for the same server. */
        Collector: {
            /** @description Value of the `authorization` header. */
            authorization?: string | null;
            /** @description Default: `json`. */
            content_type?: components["schemas"]["ContentType"];
            /** @description Sent with every export; a value has at most 4096 bytes. */
            headers?: {
                [key: string]: string;
            };
            /**
             * @description The whole URL that spans are posted to.
             * @example https://otel.example.com/v1/traces
             */
            url: string;
        };
        /** @description Why a version or deployment was made: up to 1024 characters of text. */
        Comment: string;
        /**
         * @description How spans are written.
         * @enum {string}
         */
        ContentType: "json" | "protobuf";
        /** @description Dollars by class of token. */
        CostsView: {
            /** Format: double */
            cache_read: number;
            /** Format: double */
            cache_write: number;
            /** Format: double */
            input: number;
            /** Format: double */
            other: number;
            /** Format: double */
            output: number;
        };
        /** @description A cost. */
        CostView: {
            account_provider_id: string;
            /** @description Always `manual`. */
            changed_by: string;
            /** Format: double */
            cost_in?: number | null;
            /** Format: double */
            cost_out?: number | null;
            cost_type: string;
            /** Format: date-time */
            created_at: string;
            enable: boolean;
            id: string;
            model: string;
            model_rule: string;
            /** Format: date-time */
            modified_at: string;
            /** @description JSON, as text. */
            token_pricing?: string | null;
        };
        /** @description Which version to make live. */
        CreateDeployment: {
            comment?: components["schemas"]["Comment"] | null;
            version_id: string;
        };
        /** @description A token just made. */
        CreatedToken: components["schemas"]["TokenView"] & {
            /** @description The secret. It is shown this once. */
            value: string;
        };
        /** @description The route, showing the new version. */
        CreatedVersion: components["schemas"]["RouteLite"] & {
            comment?: string | null;
            /** @description `false`: kept, but it cannot be deployed; `messages` say why. */
            is_valid: boolean;
            version_id: string;
        };
        /** @description A key to store. */
        CreateProviderConfig: {
            /** @description 1 to 64 letters, digits, `-` and `_`; a gateway has at most one of a name for a provider. */
            alias: string;
            /** @description Whether this key is used when the request does not name one and no key of the provider has a weight. */
            default_config?: boolean;
            provider_slug: string;
            /**
             * Format: int32
             * @description Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
             */
            rate_limit?: number | null;
            rate_limit_period?: components["schemas"]["Period"] | null;
            secret?: components["schemas"]["Secret"] | null;
            /** @description Refused: there is no Secrets Store here. */
            secret_id?: string | null;
            weight?: components["schemas"]["Weight"] | null;
        };
        /** @description What a route is made of. */
        CreateRoute: {
            comment?: components["schemas"]["Comment"] | null;
            elements: components["schemas"]["Elements"];
            name: components["schemas"]["Name"];
        };
        /** @description A token to make. */
        CreateToken: {
            /**
             * Format: date-time
             * @description RFC 3339; absent: it does not expire.
             */
            expires_on?: string | null;
            /** @description Ids of gateways; absent: all. */
            gateways?: string[] | null;
            /** @description Up to 5 flat entries that override the caller's `cf-aig-metadata`. */
            metadata: Record<string, never>;
            name: string;
            /** @description At least one of `AI Gateway Read`, `AI Gateway Write`, `AI Gateway Run`, `AI Gateway Pin`, `AI Gateway Custom Cost`. */
            permissions: string[];
            /** @description Names or ids of routes; absent: all, and direct model calls too. */
            routes?: string[] | null;
        };
        /** @description A new graph. */
        CreateVersion: {
            comment?: components["schemas"]["Comment"] | null;
            elements: components["schemas"]["Elements"];
        };
        /** @description A custom provider. */
        CustomProviderView: components["schemas"]["Display"] & {
            account_tag: string;
            base_url: string;
            /** Format: date-time */
            created_at: string;
            dialect: string;
            enable: boolean;
            /** @description Names of the fixed headers, values hidden. */
            headers?: string | null;
            id: string;
            /** Format: date-time */
            modified_at: string;
            name: string;
            slug: string;
        };
        /** @description The elements as JSON text in the reference dialect, as they are in the live one. */
        Data: string | components["schemas"]["Elements"];
        /** @description `{success, errors, messages, data}`: the three lists of dynamic routing. */
        DataListing_Deployments: {
            /** @description `data` of the list. */
            data: components["schemas"]["Order"] & {
                deployments: components["schemas"]["DeploymentView"][];
            };
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, data}`: the three lists of dynamic routing. */
        DataListing_Routes: {
            /** @description `data` of the list. */
            data: components["schemas"]["Order"] & {
                routes: components["schemas"]["RouteFull"][];
            };
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, data}`: the three lists of dynamic routing. */
        DataListing_Versions: {
            /** @description `data` of the list. */
            data: components["schemas"]["Order"] & {
                versions: components["schemas"]["VersionView"][];
            };
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description How many logs were deleted. */
        DeletedView: {
            /** Format: int64 */
            deleted: number;
        };
        /** @description The route, showing the version now live. */
        Deployed: components["schemas"]["RouteLite"] & {
            deployment_id?: string | null;
            version_id: string;
        };
        /** @description `data` of the list. */
        Deployments: components["schemas"]["Order"] & {
            deployments: components["schemas"]["DeploymentView"][];
        };
        /** @description One act of making a version live. */
        DeploymentView: {
            comment?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Who deployed it (ours). */
            created_by: string;
            deployment_id: string;
            version_id: string;
        };
        /** @description For display only. */
        Display: {
            /** @default null */
            beta: boolean | null;
            /** @default null */
            curl_example: string | null;
            /** @default null */
            description: string | null;
            /** @default null */
            js_example: string | null;
            /** @default null */
            link: string | null;
            /** @default null */
            logo: string | null;
            /**
             * Format: int64
             * @default null
             */
            position: number | null;
        };
        /** @description How many of a number of draws took each way. The first is the walk that is told. */
        Distribution: {
            /**
             * Format: int32
             * @description How many there were.
             */
            draws: number;
            /** @description Every output of every element. */
            edges: components["schemas"]["Edge"][];
            /** @description Every model element. */
            models: components["schemas"]["Share"][];
            /**
             * Format: int32
             * @description How often no model would answer.
             */
            unanswered: number;
        };
        /** @description US dollars */
        Dollars: number;
        /** @description The draft; its own `ETag` is in the header. */
        DraftView: {
            account_tag: string;
            elements: components["schemas"]["Elements"];
            gateway_id: string;
            /** @description The route's id. */
            id: string;
            /** Format: date-time */
            modified_at: string;
            modified_by: string;
        };
        /** @description How often an output was taken. */
        Edge: {
            /**
             * Format: int32
             * @description By how many draws.
             */
            count: number;
            /** @description Id of the element it leaves. */
            element: string;
            /** @description The output. */
            output: string;
            /** @description Id of the element it leads to. */
            to: string;
        };
        /** @description Traffic through one output of an element. */
        EdgeView: components["schemas"]["SumsView"] & {
            element: string;
            /** @description The output taken; `end`, `failed`, `left` or `refused` where none was. */
            output: string;
            own?: components["schemas"]["TakenView"] | null;
            version: string;
        };
        Elements: {
            id: string;
            outputs?: {
                [key: string]: {
                    elementId: string;
                };
            };
            properties?: Record<string, never>;
            /** @enum {string} */
            type: "start" | "conditional" | "percentage" | "rate" | "rate_limit" | "model" | "end";
        }[];
        /** @description A code, a sentence, and where in the request the cause stands. */
        Entry: {
            /**
             * Format: int32
             * @description See `docs/errors.md`.
             */
            code: number;
            message: string;
            /** @description `["body", "elements", 2, "outputs", "true"]`. */
            path?: components["schemas"]["Place"][];
            problem?: components["schemas"]["GraphProblem"] | null;
            source?: components["schemas"]["Source"] | null;
        };
        /** @description Percentiles come from histograms; everything else is exact. */
        Estimate: {
            /** @description `histogram` */
            method: string;
            /**
             * Format: double
             * @description A percentile is at most this part of it too large or too small.
             */
            relative_error: number;
        };
        /** @description The envelope of every refusal. */
        Failure: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            /** @description Always `{}`. */
            result: Record<string, never>;
            /** @description Always `false`. */
            success: boolean;
        };
        /** @description The settings in a reply. */
        FullSettings: components["schemas"]["Absent"] & {
            cache_invalidate_on_update: boolean;
            /** Format: int64 */
            cache_ttl: number;
            collect_log_payloads: boolean;
            /** Format: int64 */
            log_management: number;
            log_management_strategy: components["schemas"]["Strategy"];
            /** Format: int64 */
            log_retention_days?: number | null;
            logpush: boolean;
            logpush_public_key?: string | null;
            /** @description Where spans go, values of headers hidden. */
            otel?: components["schemas"]["Collector"][] | null;
            /** Format: int64 */
            rate_limiting_interval: number;
            /** Format: int64 */
            rate_limiting_limit: number;
            rate_limiting_on_unavailable: components["schemas"]["OnUnavailable"];
            rate_limiting_technique: components["schemas"]["Technique"];
            retry_backoff?: components["schemas"]["Backoff"] | null;
            /** Format: int64 */
            retry_delay?: number | null;
            /** Format: int64 */
            retry_max_attempts?: number | null;
            spend_limits?: components["schemas"]["SpendLimits"] | null;
            store_id?: string | null;
            workers_ai_billing_mode: components["schemas"]["Billing"];
            zdr: boolean;
        };
        /** @description A gateway with every documented field. */
        GatewayView: components["schemas"]["FullSettings"] & {
            account_id: string;
            account_tag: string;
            authentication: boolean;
            collect_logs: boolean;
            /** Format: date-time */
            created_at: string;
            id: string;
            is_default: boolean;
            /** Format: date-time */
            modified_at: string;
        };
        /** @description What the route compiler says of an element; codes in `docs/problems.md`. */
        GraphProblem: {
            code: string;
            element?: string | null;
            /** @description `error` or `warning`. */
            severity: string;
        };
        /** @description Sums of one group. */
        GroupView: components["schemas"]["SeriesView"] & {
            /** @description A value for each dimension; null where requests have none. */
            group: {
                [key: string]: string | null;
            };
        };
        /** @description What a limit would be asked. */
        LimitAsked: {
            /**
             * Format: double
             * @description Requests, or US dollars.
             */
            limit: number;
            /**
             * Format: double
             * @description What it would take of it: 1 request, or the dollars that it would hold.
             */
            takes: number;
            /** @description `count` or `cost`. */
            type: string;
            /**
             * Format: int64
             * @description Seconds.
             */
            window: number;
        };
        /** @description Where a limit is written. */
        LimitOwner: {
            /** @enum {string} */
            kind: "gateway";
        } | {
            /** @enum {string} */
            kind: "spend_rule";
            /** @description Its id. */
            rule_id: string;
        } | {
            /** @description Id of the element. */
            element: string;
            /** @enum {string} */
            kind: "element";
            /** @description Name of the route. */
            route: string;
            /** @description Id of the route. */
            route_id: string;
            /** @description The version that the limit is read from: of those with this element the newest. Absent: the deployed one. */
            version_id?: string | null;
        } | {
            /** @description Alias of the key. */
            alias: string;
            /** @enum {string} */
            kind: "provider_key";
            /** @description Slug of the provider. */
            provider: string;
        };
        /** @description Where in the list one is, and what it is a list of. */
        LimitsInfo: {
            /** @description Every bucket was looked at; else `total_count` is of those that were. */
            complete: boolean;
            /** @description Buckets on this page. */
            count: number;
            /** @description `node`: this process alone has counted. `all_nodes`: all have, in the server that they share. */
            counted_by: string;
            /** Format: int32 */
            page: number;
            /** Format: int32 */
            per_page: number;
            /** Format: int64 */
            total_count: number;
            /** Format: int64 */
            total_pages: number;
        };
        /** @description The list. */
        LimitsListing: {
            errors: components["schemas"]["Entry"][];
            /** @description Says so when not every bucket was looked at. */
            messages: components["schemas"]["Entry"][];
            result: components["schemas"]["BucketView"][];
            result_info: components["schemas"]["LimitsInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_AuditView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** @description `route.create`, `deployment.create`, … */
                action: string;
                actor: components["schemas"]["ActorView"];
                /** Format: date-time */
                created_at: string;
                /** @description What was changed; never a secret. */
                detail: Record<string, never>;
                gateway_id?: string | null;
                id: string;
                /** @description Id of what was changed. */
                resource: string;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_CostView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                account_provider_id: string;
                /** @description Always `manual`. */
                changed_by: string;
                /** Format: double */
                cost_in?: number | null;
                /** Format: double */
                cost_out?: number | null;
                cost_type: string;
                /** Format: date-time */
                created_at: string;
                enable: boolean;
                id: string;
                model: string;
                model_rule: string;
                /** Format: date-time */
                modified_at: string;
                /** @description JSON, as text. */
                token_pricing?: string | null;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_CustomProviderView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: (components["schemas"]["Display"] & {
                account_tag: string;
                base_url: string;
                /** Format: date-time */
                created_at: string;
                dialect: string;
                enable: boolean;
                /** @description Names of the fixed headers, values hidden. */
                headers?: string | null;
                id: string;
                /** Format: date-time */
                modified_at: string;
                name: string;
                slug: string;
            })[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_GatewayView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: (components["schemas"]["FullSettings"] & {
                account_id: string;
                account_tag: string;
                authentication: boolean;
                collect_logs: boolean;
                /** Format: date-time */
                created_at: string;
                id: string;
                is_default: boolean;
                /** Format: date-time */
                modified_at: string;
            })[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_LogView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** @description Whether the caller had a token of this server. */
                authentication: boolean;
                /** @description Whether the provider was called with a key that is stored here. */
                byok: boolean;
                cached: boolean;
                /**
                 * Format: double
                 * @description Dollars; `null` when the price is not known.
                 */
                cost?: number | null;
                /** Format: date-time */
                created_at: string;
                /** @description Whether `cost` comes from the request and not from the catalogue. */
                custom_cost: boolean;
                /**
                 * Format: int64
                 * @description Milliseconds.
                 */
                duration: number;
                /** @description The caller's name for the request; `null` when it gave none. */
                event_id?: string | null;
                /**
                 * Format: int64
                 * @description -1, 0 or 1, as given later.
                 */
                feedback?: number | null;
                id: string;
                /** @description `null` when the caller gave none. */
                metadata?: Record<string, never> | null;
                model: string;
                /** @description Always `null`: models are told apart by their names only. */
                model_type?: string | null;
                /** @description The path called, without what names account and gateway. */
                path: string;
                pointsman: components["schemas"]["Ours"];
                provider: string;
                request_content_type: string;
                /** Format: int64 */
                request_size: number;
                /** @description `chat`, `responses`, `messages`, `embeddings`; `count_tokens` where tokens are counted; `native` on a provider's own API; `universal` of a list of steps that is refused as a whole; `unknown` where nothing is. */
                request_type: string;
                response_content_type: string;
                /** Format: int64 */
                response_size: number;
                /**
                 * Format: int64
                 * @description 0 to 100, as given later.
                 */
                score?: number | null;
                /** Format: int32 */
                status_code: number;
                /**
                 * Format: int32
                 * @description Index of the model element that answered.
                 */
                step: number;
                success: boolean;
                timings: components["schemas"]["Timings"];
                /** Format: int64 */
                tokens_in?: number | null;
                /** Format: int64 */
                tokens_out?: number | null;
                usage_metadata?: components["schemas"]["UsageView"] | null;
                user_agent?: string | null;
                /** @description Always `false`: nobody but the operator pays providers. */
                wholesale: boolean;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_ModelView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** @description Features it is known to have. */
                can: string[];
                /** @description Features it is known not to have. */
                cannot: string[];
                /**
                 * Format: int64
                 * @description Most tokens it reads.
                 */
                context?: number | null;
                /** @description The price was set in this gateway or account, or for a custom provider; it is not the catalogue's. */
                is_override: boolean;
                long?: components["schemas"]["LongView"] | null;
                /**
                 * Format: int64
                 * @description Most tokens it writes in one reply.
                 */
                max_output_tokens?: number | null;
                /** @description `chat`, `responses` or `embeddings`; `null`: nobody has said. */
                mode?: string | null;
                model: string;
                price?: components["schemas"]["PriceClasses"] | null;
                /** @description Who says what it costs, and in which version, as request logs name it. */
                price_version: string;
                provider: string;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_PriceEventView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** Format: date-time */
                effective_from: string;
                /** @description `null`: the whole account. */
                gateway_id?: string | null;
                model: string;
                /** @description Whole pico-dollars per token, by class; `null`: taken back. */
                pico_dollars?: Record<string, never> | null;
                provider: string;
                set_by: string;
                /** @description What the records of requests it priced name. */
                version: string;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_PriceView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                audio_input: string;
                audio_output: string;
                cache_read: string;
                cache_write: string;
                cache_write_1h: string;
                /**
                 * Format: date-time
                 * @description Since when it holds.
                 */
                effective_from: string;
                image_input: string;
                image_output: string;
                input: string;
                model: string;
                output: string;
                provider: string;
                reasoning: string;
                /** @description What the records of requests it priced name; empty for one from before versions were kept. */
                version: string;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_ProviderConfigView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                account_tag: string;
                alias: string;
                /** Format: date-time */
                created_at: string;
                default_config: boolean;
                gateway_id: string;
                id: string;
                /** Format: date-time */
                modified_at: string;
                provider_slug: string;
                /**
                 * Format: int64
                 * @description Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
                 */
                rate_limit?: number | null;
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                rate_limit_period: number;
                /** @description The same as `id`: the key lives in this record. */
                secret_id: string;
                /** @description The last characters of the key. */
                secret_preview: string;
                /**
                 * Format: int64
                 * @description Its share of the provider's requests; `null`: it has none.
                 */
                weight?: number | null;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_ProviderOffered: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** @description Made through the API, not one of the table. */
                custom: boolean;
                /** @description The formats that it is spoken to in, in routes. */
                formats: string[];
                /** @description Why it cannot be called in routes; `null`: it can. */
                not_in_routes?: string | null;
                /** @description As routes name it. */
                provider: string;
                /** @description A route can call it: with one of these keys, or because it needs none. */
                ready: boolean;
                /** @description The server has a key for it, from its environment or its configuration file. */
                server_key: boolean;
                /**
                 * Format: int32
                 * @description Keys stored in this gateway. As long as there are any, the server's is not used.
                 */
                stored_keys: number;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result: […], result_info}`. */
        Listing_TokenView: {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            result: {
                /** Format: date-time */
                expires_on?: string | null;
                gateways?: string[] | null;
                id: string;
                /** @description Who made it. */
                issued_by: string;
                /** Format: date-time */
                issued_on: string;
                metadata: Record<string, never>;
                name: string;
                permissions: string[];
                /** @description First characters of the secret. */
                prefix: string;
                routes?: string[] | null;
                /** @description `active` or `expired`. */
                status: string;
            }[];
            result_info: components["schemas"]["ResultInfo"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description A finished request with the beginnings of its bodies. */
        LogDetailView: components["schemas"]["LogView"] & {
            /** @description Up to 10000 bytes; `null` when the body was not kept. */
            request_head?: string | null;
            /** @description `request_head` is all of it. */
            request_head_complete: boolean;
            /** @description Up to 10000 bytes; `null` when the body was not kept. */
            response_head?: string | null;
            /** @description `response_head` is all of it. */
            response_head_complete: boolean;
        };
        /** @description A finished request. */
        LogView: {
            /** @description Whether the caller had a token of this server. */
            authentication: boolean;
            /** @description Whether the provider was called with a key that is stored here. */
            byok: boolean;
            cached: boolean;
            /**
             * Format: double
             * @description Dollars; `null` when the price is not known.
             */
            cost?: number | null;
            /** Format: date-time */
            created_at: string;
            /** @description Whether `cost` comes from the request and not from the catalogue. */
            custom_cost: boolean;
            /**
             * Format: int64
             * @description Milliseconds.
             */
            duration: number;
            /** @description The caller's name for the request; `null` when it gave none. */
            event_id?: string | null;
            /**
             * Format: int64
             * @description -1, 0 or 1, as given later.
             */
            feedback?: number | null;
            id: string;
            /** @description `null` when the caller gave none. */
            metadata?: Record<string, never> | null;
            model: string;
            /** @description Always `null`: models are told apart by their names only. */
            model_type?: string | null;
            /** @description The path called, without what names account and gateway. */
            path: string;
            pointsman: components["schemas"]["Ours"];
            provider: string;
            request_content_type: string;
            /** Format: int64 */
            request_size: number;
            /** @description `chat`, `responses`, `messages`, `embeddings`; `count_tokens` where tokens are counted; `native` on a provider's own API; `universal` of a list of steps that is refused as a whole; `unknown` where nothing is. */
            request_type: string;
            response_content_type: string;
            /** Format: int64 */
            response_size: number;
            /**
             * Format: int64
             * @description 0 to 100, as given later.
             */
            score?: number | null;
            /** Format: int32 */
            status_code: number;
            /**
             * Format: int32
             * @description Index of the model element that answered.
             */
            step: number;
            success: boolean;
            timings: components["schemas"]["Timings"];
            /** Format: int64 */
            tokens_in?: number | null;
            /** Format: int64 */
            tokens_out?: number | null;
            usage_metadata?: components["schemas"]["UsageView"] | null;
            user_agent?: string | null;
            /** @description Always `false`: nobody but the operator pays providers. */
            wholesale: boolean;
        };
        /** @description The price of a request with a long prompt. */
        LongView: {
            /**
             * Format: int64
             * @description It holds for requests with more input tokens than this.
             */
            above: number;
            price: components["schemas"]["PriceClasses"];
        };
        /** @description Keys of metadata, in the order of their bytes. */
        MetadataKeysView: {
            /** @description Whether these are all. */
            complete: boolean;
            /** @description At most 1000. */
            keys: string[];
        };
        /** @description What `meta_info` adds to `result_info`. */
        MetaView: {
            /**
             * Format: double
             * @description Dollars.
             */
            max_cost?: number | null;
            /**
             * Format: int64
             * @description Milliseconds.
             */
            max_duration?: number | null;
            /** Format: int64 */
            max_tokens_in?: number | null;
            /** Format: int64 */
            max_tokens_out?: number | null;
            /** Format: int64 */
            max_total_tokens?: number | null;
            /**
             * Format: double
             * @description Dollars.
             */
            min_cost?: number | null;
            /**
             * Format: int64
             * @description Milliseconds.
             */
            min_duration?: number | null;
            /** Format: int64 */
            min_tokens_in?: number | null;
            /** Format: int64 */
            min_tokens_out?: number | null;
            /** Format: int64 */
            min_total_tokens?: number | null;
        };
        /** @description What a model would be asked. */
        ModelAsked: {
            estimated_cost?: components["schemas"]["Dollars"] | null;
            /** @description Why it does not answer. */
            failure?: string | null;
            /** @description The format that the provider would be spoken to in; `null`: in none. */
            format?: string | null;
            /**
             * Format: int64
             * @description The estimate of what it reads.
             */
            input_tokens: number;
            /** @description The provider's name of the model. */
            model: string;
            /**
             * Format: int64
             * @description The most that it may write.
             */
            output_tokens: number;
            /** @description Slug of the provider. */
            provider: string;
        };
        /** @description A model that somebody has heard of: the catalogue, or whoever has set a price for it. */
        ModelView: {
            /** @description Features it is known to have. */
            can: string[];
            /** @description Features it is known not to have. */
            cannot: string[];
            /**
             * Format: int64
             * @description Most tokens it reads.
             */
            context?: number | null;
            /** @description The price was set in this gateway or account, or for a custom provider; it is not the catalogue's. */
            is_override: boolean;
            long?: components["schemas"]["LongView"] | null;
            /**
             * Format: int64
             * @description Most tokens it writes in one reply.
             */
            max_output_tokens?: number | null;
            /** @description `chat`, `responses` or `embeddings`; `null`: nobody has said. */
            mode?: string | null;
            model: string;
            price?: components["schemas"]["PriceClasses"] | null;
            /** @description Who says what it costs, and in which version, as request logs name it. */
            price_version: string;
            provider: string;
        };
        /** @description 1 to 128 letters, digits, `-`, `_` and `.`; what callers write after `dynamic/`. */
        Name: string;
        /** @enum {string} */
        OnUnavailable: "open" | "closed";
        /** @description How the three lists of dynamic routing say what they show. */
        Order: {
            /** @description Always `created_at`. */
            order_by: string;
            /** @description Always `desc`. */
            order_by_direction: string;
            /** Format: int32 */
            page: number;
            /** Format: int32 */
            per_page: number;
        };
        /** @description What only this server knows. */
        Ours: {
            cause?: string | null;
            /**
             * @description What each model element that was called was charged; they sum to `cost`. Empty when nothing was billed, and in logs written before
             *     this was kept.
             */
            charges: components["schemas"]["ChargeView"][];
            /** @description Whether the request came in at the OpenAI-compatible face, and not at a provider's own API. */
            compatibility: boolean;
            costs?: components["schemas"]["CostsView"] | null;
            /** @description What was decided on: enough to take the same path again. `null` on a direct call. */
            decision?: Record<string, never> | null;
            /** @description Why the model stopped: `stop`, `length`, `tool_calls`, `content_filter`, `refusal` or `other`. */
            finish?: string | null;
            /** @description The elements walked, with every attempt. */
            path: Record<string, never>[];
            /** @description Who said what it costs, and in which version. */
            price_version?: string | null;
            /** @description The route's name. */
            route?: string | null;
            route_id?: string | null;
            /** @description Of the random draws; the same seed takes the same path. Text, since it has 64 bits. */
            seed?: string | null;
            streamed: boolean;
            /** @description Where the time to the first byte went. */
            times: components["schemas"]["TimesView"];
            /** @description Id of the token used. */
            token?: string | null;
            /** @description `traceparent` of this request; `null` when nobody traces. */
            trace?: string | null;
            version?: string | null;
        };
        /** @description An element walked. */
        Passed: {
            /**
             * @description `graph`: there is one way. `request`: what the request says. `draw`: the dice. `assumption`: `outcomes` or `down`. `default`: limits admit and
             *     models answer when nothing is assumed. `gateway`: the model cannot be called, or not for this request.
             */
            decided_by: string;
            /** @description Its id. */
            element: string;
            limit?: components["schemas"]["LimitAsked"] | null;
            model?: components["schemas"]["ModelAsked"] | null;
            /** @description The output taken, or `end`, `failed` or `refused` where the walk ended. */
            outcome: string;
            /** @description The fields it read. */
            reads: string[];
            /** @description The element it leads to; `null` at the end. */
            to?: string | null;
            /** @description Its type. */
            type: string;
        };
        /** @description Of so many in a hundred requests it is not more. */
        PercentilesView: {
            /** Format: int64 */
            p50: number;
            /** Format: int64 */
            p90: number;
            /** Format: int64 */
            p95: number;
            /** Format: int64 */
            p99: number;
        };
        /**
         * Format: int32
         * @description A period in seconds, up to 366 days. Of a key without one it is 60.
         */
        Period: number;
        /** @description One step of a path. */
        Place: string | number;
        /** @description Sums of one bucket. */
        PointView: components["schemas"]["SumsView"] & {
            /**
             * Format: date-time
             * @description The beginning of the bucket.
             */
            time: string;
        };
        /** @description Dollars per token, by class. */
        PriceClasses: {
            audio_input: string;
            audio_output: string;
            cache_read: string;
            cache_write: string;
            cache_write_1h: string;
            image_input: string;
            image_output: string;
            input: string;
            output: string;
            reasoning: string;
        };
        /** @description A price that was set or taken back. */
        PriceEventView: {
            /** Format: date-time */
            effective_from: string;
            /** @description `null`: the whole account. */
            gateway_id?: string | null;
            model: string;
            /** @description Whole pico-dollars per token, by class; `null`: taken back. */
            pico_dollars?: Record<string, never> | null;
            provider: string;
            set_by: string;
            /** @description What the records of requests it priced name. */
            version: string;
        };
        /** @description A price override, in dollars per token. */
        PriceView: {
            audio_input: string;
            audio_output: string;
            cache_read: string;
            cache_write: string;
            cache_write_1h: string;
            /**
             * Format: date-time
             * @description Since when it holds.
             */
            effective_from: string;
            image_input: string;
            image_output: string;
            input: string;
            model: string;
            output: string;
            provider: string;
            reasoning: string;
            /** @description What the records of requests it priced name; empty for one from before versions were kept. */
            version: string;
        };
        /** @description A stored key, without the key. */
        ProviderConfigView: {
            account_tag: string;
            alias: string;
            /** Format: date-time */
            created_at: string;
            default_config: boolean;
            gateway_id: string;
            id: string;
            /** Format: date-time */
            modified_at: string;
            provider_slug: string;
            /**
             * Format: int64
             * @description Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
             */
            rate_limit?: number | null;
            /**
             * Format: int64
             * @description Seconds.
             */
            rate_limit_period: number;
            /** @description The same as `id`: the key lives in this record. */
            secret_id: string;
            /** @description The last characters of the key. */
            secret_preview: string;
            /**
             * Format: int64
             * @description Its share of the provider's requests; `null`: it has none.
             */
            weight?: number | null;
        };
        /** @description A provider as a gateway has it. No key and no part of one. */
        ProviderOffered: {
            /** @description Made through the API, not one of the table. */
            custom: boolean;
            /** @description The formats that it is spoken to in, in routes. */
            formats: string[];
            /** @description Why it cannot be called in routes; `null`: it can. */
            not_in_routes?: string | null;
            /** @description As routes name it. */
            provider: string;
            /** @description A route can call it: with one of these keys, or because it needs none. */
            ready: boolean;
            /** @description The server has a key for it, from its environment or its configuration file. */
            server_key: boolean;
            /**
             * Format: int32
             * @description Keys stored in this gateway. As long as there are any, the server's is not used.
             */
            stored_keys: number;
        };
        /** @description The graph as it stands on the desk. */
        PutDraft: {
            elements: components["schemas"]["Elements"];
        };
        /** @description What a model of a provider costs here. */
        PutPrice: {
            /** @description Default: as `input`. */
            audio_input?: string | null;
            /** @description Default: as `output`. */
            audio_output?: string | null;
            /** @description Default: as `input`. */
            cache_read?: string | null;
            /** @description Default: as `input`. */
            cache_write?: string | null;
            /** @description Default: as `cache_write`. */
            cache_write_1h?: string | null;
            /** @description Default: as `input`. */
            image_input?: string | null;
            /** @description Default: as `output`. */
            image_output?: string | null;
            /** @example 0.00000015 */
            input: string;
            model: string;
            /** @example 0.0000006 */
            output: string;
            provider: string;
            /** @description Default: as `output`. */
            reasoning?: string | null;
        };
        /** @description Which time. */
        RangeView: {
            /** @description `minute`, `hour` or `day`. */
            bucket: string;
            /**
             * Format: date-time
             * @description The end of the last bucket.
             */
            end: string;
            /** @description What is estimated. */
            percentiles: components["schemas"]["Estimate"];
            /**
             * Format: date-time
             * @description The beginning of the first bucket.
             */
            start: string;
        };
        /** @description A value read. */
        Read: {
            /** @description As conditions name it. */
            field: string;
            /** @description It was there. */
            present: boolean;
            /** @description What was there; `null` too when nothing was. */
            value: unknown;
        };
        /** @description Which bucket. */
        ResetBucket: {
            /** @description As the list names it. */
            bucket: string;
        };
        /** @description Where in a list one is. */
        ResultInfo: (components["schemas"]["MetaView"] | null) & {
            /** @description Items on this page. */
            count: number;
            /** Format: int32 */
            page: number;
            /** Format: int32 */
            per_page: number;
            /** Format: int64 */
            total_count: number;
            /** Format: int64 */
            total_pages: number;
        };
        /** @description The id of a revoked token. */
        Revoked: {
            id: string;
        };
        /** @description Traffic of a route by edge. */
        RouteAnalyticsView: components["schemas"]["RangeView"] & {
            /** @description By version, element and output. */
            edges: components["schemas"]["EdgeView"][];
            /** @description Of all requests to the route. */
            total: components["schemas"]["SumsView"];
        };
        /** @description A route with what is deployed. */
        RouteFull: {
            account_tag: string;
            /** Format: date-time */
            created_at: string;
            deployment?: components["schemas"]["DeploymentView"] | null;
            /** @description The deployed graph. */
            elements: components["schemas"]["Elements"];
            gateway_id: string;
            id: string;
            /** Format: date-time */
            modified_at: string;
            name: string;
            version?: components["schemas"]["VersionView"] | null;
        };
        /** @description A route without its deployment. */
        RouteLite: {
            account_tag: string;
            /** Format: date-time */
            created_at: string;
            elements: components["schemas"]["Elements"];
            gateway_id: string;
            id: string;
            /** Format: date-time */
            modified_at: string;
            name: string;
        };
        /** @description `data` of the list. */
        Routes: components["schemas"]["Order"] & {
            routes: components["schemas"]["RouteFull"][];
        };
        /** @enum {string} */
        SampleFormat: "chat" | "responses" | "messages" | "embeddings";
        /** @description A request that is only imagined. */
        SampleRequest: {
            /**
             * Format: date-time
             * @description When it arrives; now when absent.
             */
            at?: string | null;
            /** @description The body, to the letter. Without a member `model` it gets the route's name there. */
            body: Record<string, never>;
            /** @description What the body is written in, which is the way in: `chat` (when absent), `responses`, `messages` or `embeddings`. */
            format?: components["schemas"]["SampleFormat"];
            /** @description Headers by name. */
            headers?: {
                [key: string]: string;
            };
            /** @description Instead of a header `cf-aig-metadata`: a flat object of at most 5 entries. */
            metadata?: Record<string, never> | null;
            /** @description Id of the token it is sent with, whose metadata and limits then hold; absent: none. */
            token_id?: string | null;
        };
        /** @description A provider key: 1 to 8192 printable characters, as a header can carry them. */
        Secret: string;
        /** @description Sums of a time, and of its buckets. */
        SeriesView: components["schemas"]["SumsView"] & {
            /** @description In the order of time, without buckets that have no request. */
            points: components["schemas"]["PointView"][];
        };
        /** @description What a client may send; `null` is as good as absent. */
        Settings: {
            /**
             * @description Whether answers that are kept are not found any more once these settings are replaced.
             * @default null
             */
            cache_invalidate_on_update: boolean | null;
            /**
             * Format: int64
             * @description Seconds that answers are kept; `null` or 0: not at all, unless a request asks for it.
             * @default null
             */
            cache_ttl: number | null;
            /**
             * @description Ours: whether what is asked and answered is kept with a log, unless a request says otherwise. Default: yes.
             * @default null
             */
            collect_log_payloads: boolean | null;
            /**
             * Format: int64
             * @default null
             */
            log_management: number | null;
            /** @default null */
            log_management_strategy: components["schemas"]["Strategy"] | null;
            /**
             * Format: int64
             * @description Ours: days after which requests are forgotten. Default: as the server is configured (`log_retention_days`).
             * @default null
             */
            log_retention_days: number | null;
            /** @default null */
            logpush: boolean | null;
            /** @default null */
            logpush_public_key: string | null;
            /**
             * @description Where spans go, at most five; kept with the values of headers hidden.
             * @default null
             */
            otel: components["schemas"]["Collector"][] | null;
            /**
             * Format: int64
             * @description Seconds; needed with a limit.
             * @default null
             */
            rate_limiting_interval: number | null;
            /**
             * Format: int64
             * @description Requests an interval; `null` or 0: any number.
             * @default null
             */
            rate_limiting_limit: number | null;
            /** @default null */
            rate_limiting_on_unavailable: components["schemas"]["OnUnavailable"] | null;
            /** @default null */
            rate_limiting_technique: components["schemas"]["Technique"] | null;
            /** @default null */
            retry_backoff: components["schemas"]["Backoff"] | null;
            /**
             * Format: int64
             * @description Milliseconds.
             * @default null
             */
            retry_delay: number | null;
            /**
             * Format: int64
             * @default null
             */
            retry_max_attempts: number | null;
            /** @default null */
            spend_limits: components["schemas"]["SpendLimits"] | null;
            /** @default null */
            store_id: string | null;
            /** @default null */
            workers_ai_billing_mode: components["schemas"]["Billing"] | null;
            /** @default null */
            zdr: boolean | null;
        };
        /** @description How often the model of an element would answer. */
        Share: {
            /**
             * Format: int32
             * @description In how many draws.
             */
            count: number;
            /** @description Id of the element. */
            element: string;
            /** @description The provider's name of the model. */
            model: string;
            /** @description Slug of the provider. */
            provider: string;
        };
        /** @description What production would do with the request. */
        Simulated: {
            answer?: components["schemas"]["Chosen"] | null;
            distribution?: components["schemas"]["Distribution"] | null;
            estimated_cost?: components["schemas"]["Dollars"] | null;
            /** @description Why no model would answer. */
            failure?: string | null;
            /** @description The elements walked, in order. */
            path: components["schemas"]["Passed"][];
            /** @description Every value read, once, in the order of the first look. */
            reads: components["schemas"]["Read"][];
            /** @description Of the dice, as text. */
            seed: string;
            /**
             * Format: int32
             * @description The status that the caller would see. A model that is assumed to fail counts as one that does not answer at all.
             */
            status: number;
            /** @description The version walked; `null`: a draft or a graph that is stored nowhere. */
            version_id?: string | null;
        };
        /**
         * @description What to walk, with what, and what to assume. Of `version_id`, `draft` and `elements` at most one is given; without any it is what is
         *     deployed.
         */
        SimulateRoute: {
            /**
             * Format: int32
             * @description How many draws to count besides: up to 10000.
             */
            distribution?: number;
            /** @description Providers (`openai`) and models (`openai/gpt-5`) that are assumed not to answer. */
            down?: string[];
            /** @description The route's working draft. */
            draft?: boolean;
            elements?: components["schemas"]["Elements"] | null;
            /** @description Outputs by element id: the branch of a `conditional` or `percentage`; `success` or `fallback` of a `rate` or `model`. */
            outcomes?: {
                [key: string]: string;
            };
            request: components["schemas"]["SampleRequest"];
            /** @description Of the dice: a number of 64 bits, as text; `0` when absent. The seed of a log record gives the draws of that request. */
            seed?: string | null;
            version_id?: string | null;
        };
        /** @description The same place as a JSON pointer below the body (RFC 6901). */
        Source: {
            /** @description `/elements/2/outputs/true`. */
            pointer: string;
        };
        /** @description Whether a property of the call chooses the rule or the bucket. */
        SpendDimension: {
            mode: components["schemas"]["SpendMode"];
            /** @description Of a filter: 1 to 200 texts. */
            values?: string[] | null;
        };
        /** @description Budgets of a gateway. */
        SpendLimits: {
            /** @description Default: yes. */
            enabled?: boolean | null;
            rules: components["schemas"]["SpendRule"][];
        };
        /** @enum {string} */
        SpendLimitType: "cost";
        /** @enum {string} */
        SpendMode: "filter" | "partition";
        /** @description So many dollars in a window, for the calls that every filter matches. */
        SpendRule: {
            /** @description Default: yes. */
            enabled?: boolean | null;
            /** @description What is spent is kept under it. Made when absent; a rule that applies to the same calls as before keeps its id. */
            id?: string | null;
            /**
             * Format: double
             * @description Dollars, above 0, at most 9 decimals.
             */
            limit: number;
            /** @description `limit_type` is read too. */
            limitType: components["schemas"]["SpendLimitType"];
            metadata?: {
                [key: string]: components["schemas"]["SpendDimension"];
            } | null;
            model?: components["schemas"]["SpendDimension"] | null;
            onUnavailable?: components["schemas"]["OnUnavailable"] | null;
            onUnknownPrice?: components["schemas"]["UnknownPrice"] | null;
            provider?: components["schemas"]["SpendDimension"] | null;
            technique?: components["schemas"]["Technique"] | null;
            /**
             * Format: int64
             * @description Seconds, up to 366 days.
             */
            window: number;
        };
        /** @enum {string} */
        Strategy: "STOP_INSERTING" | "DELETE_OLDEST";
        /** @description `{success, errors, messages, result}`. */
        Success_AnalyticsView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description Requests summed up by time and group. */
            result: components["schemas"]["RangeView"] & {
                /**
                 * Format: int64
                 * @description Requests whose value of metadata, or combination with a key or a value, is no longer known because there were too many: the sums of groups
                 *     lack them, if they were theirs, and so does `total` when it is filtered by such a combination.
                 */
                folded_requests: number;
                /** @description Dimensions that groups are told apart by. */
                group: string[];
                /** @description The largest groups; empty without `group`. */
                groups: components["schemas"]["GroupView"][];
                /** @description What is summed up: `requests`, or `calls`. */
                of: string;
                rest?: components["schemas"]["SeriesView"] | null;
                /** @description Everything that the filters let through. */
                total: components["schemas"]["SeriesView"];
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_AuditNamesView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description What the filters can be filled with. */
            result: {
                /** @description At most 1000, in the order of their bytes. */
                actions: string[];
                /** @description At most 1000, each with the name in its latest entry; by name. */
                actors: components["schemas"]["ActorView"][];
                /** @description Whether these are all. */
                complete: boolean;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_BucketView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A bucket in use. */
            result: {
                /** @description Names it, for `limits/reset`; opaque. */
                bucket: string;
                /**
                 * Format: double
                 * @description What calls under way may cost.
                 */
                held: number;
                /** @description The values that chose the bucket; empty: the limit has one for all. */
                key: components["schemas"]["BucketKey"][];
                /** Format: double */
                limit: number;
                /** @description Where the limit is written. */
                owner: components["schemas"]["LimitOwner"];
                /**
                 * Format: date-time
                 * @description When room begins to return: the oldest of what is settled leaves the window. `null`: there is nothing but holds, which no clock ends.
                 */
                refills_at?: string | null;
                /**
                 * Format: date-time
                 * @description When all that is used or held now will have left the window; `null`: nothing is.
                 */
                resets_at?: string | null;
                /**
                 * Format: double
                 * @description What was counted, and what calls in the window have cost.
                 */
                settled: number;
                /**
                 * Format: double
                 * @description `used` by `limit`, to four places, rounded down; above 1 when calls have cost more than was held for them.
                 */
                share: number;
                /** @description `sliding` or `fixed`. */
                technique: string;
                /** @description `requests` or `dollars`: the unit of the four amounts. */
                unit: string;
                /**
                 * Format: double
                 * @description Settled and held together.
                 */
                used: number;
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                window: number;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_CheckedRoute: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description What the compiler says of it. */
            result: {
                /** @description It could be deployed as it is. */
                is_valid: boolean;
                /** @description Errors, then warnings. */
                problems: components["schemas"]["Entry"][];
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_CostView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A cost. */
            result: {
                account_provider_id: string;
                /** @description Always `manual`. */
                changed_by: string;
                /** Format: double */
                cost_in?: number | null;
                /** Format: double */
                cost_out?: number | null;
                cost_type: string;
                /** Format: date-time */
                created_at: string;
                enable: boolean;
                id: string;
                model: string;
                model_rule: string;
                /** Format: date-time */
                modified_at: string;
                /** @description JSON, as text. */
                token_pricing?: string | null;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_CreatedToken: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A token just made. */
            result: components["schemas"]["TokenView"] & {
                /** @description The secret. It is shown this once. */
                value: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_CreatedVersion: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description The route, showing the new version. */
            result: components["schemas"]["RouteLite"] & {
                comment?: string | null;
                /** @description `false`: kept, but it cannot be deployed; `messages` say why. */
                is_valid: boolean;
                version_id: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_CustomProviderView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A custom provider. */
            result: components["schemas"]["Display"] & {
                account_tag: string;
                base_url: string;
                /** Format: date-time */
                created_at: string;
                dialect: string;
                enable: boolean;
                /** @description Names of the fixed headers, values hidden. */
                headers?: string | null;
                id: string;
                /** Format: date-time */
                modified_at: string;
                name: string;
                slug: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_DeletedView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description How many logs were deleted. */
            result: {
                /** Format: int64 */
                deleted: number;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_Deployed: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description The route, showing the version now live. */
            result: components["schemas"]["RouteLite"] & {
                deployment_id?: string | null;
                version_id: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_DraftView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description The draft; its own `ETag` is in the header. */
            result: {
                account_tag: string;
                elements: components["schemas"]["Elements"];
                gateway_id: string;
                /** @description The route's id. */
                id: string;
                /** Format: date-time */
                modified_at: string;
                modified_by: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_GatewayView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A gateway with every documented field. */
            result: components["schemas"]["FullSettings"] & {
                account_id: string;
                account_tag: string;
                authentication: boolean;
                collect_logs: boolean;
                /** Format: date-time */
                created_at: string;
                id: string;
                is_default: boolean;
                /** Format: date-time */
                modified_at: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_LogDetailView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A finished request with the beginnings of its bodies. */
            result: components["schemas"]["LogView"] & {
                /** @description Up to 10000 bytes; `null` when the body was not kept. */
                request_head?: string | null;
                /** @description `request_head` is all of it. */
                request_head_complete: boolean;
                /** @description Up to 10000 bytes; `null` when the body was not kept. */
                response_head?: string | null;
                /** @description `response_head` is all of it. */
                response_head_complete: boolean;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_LogView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A finished request. */
            result: {
                /** @description Whether the caller had a token of this server. */
                authentication: boolean;
                /** @description Whether the provider was called with a key that is stored here. */
                byok: boolean;
                cached: boolean;
                /**
                 * Format: double
                 * @description Dollars; `null` when the price is not known.
                 */
                cost?: number | null;
                /** Format: date-time */
                created_at: string;
                /** @description Whether `cost` comes from the request and not from the catalogue. */
                custom_cost: boolean;
                /**
                 * Format: int64
                 * @description Milliseconds.
                 */
                duration: number;
                /** @description The caller's name for the request; `null` when it gave none. */
                event_id?: string | null;
                /**
                 * Format: int64
                 * @description -1, 0 or 1, as given later.
                 */
                feedback?: number | null;
                id: string;
                /** @description `null` when the caller gave none. */
                metadata?: Record<string, never> | null;
                model: string;
                /** @description Always `null`: models are told apart by their names only. */
                model_type?: string | null;
                /** @description The path called, without what names account and gateway. */
                path: string;
                pointsman: components["schemas"]["Ours"];
                provider: string;
                request_content_type: string;
                /** Format: int64 */
                request_size: number;
                /** @description `chat`, `responses`, `messages`, `embeddings`; `count_tokens` where tokens are counted; `native` on a provider's own API; `universal` of a list of steps that is refused as a whole; `unknown` where nothing is. */
                request_type: string;
                response_content_type: string;
                /** Format: int64 */
                response_size: number;
                /**
                 * Format: int64
                 * @description 0 to 100, as given later.
                 */
                score?: number | null;
                /** Format: int32 */
                status_code: number;
                /**
                 * Format: int32
                 * @description Index of the model element that answered.
                 */
                step: number;
                success: boolean;
                timings: components["schemas"]["Timings"];
                /** Format: int64 */
                tokens_in?: number | null;
                /** Format: int64 */
                tokens_out?: number | null;
                usage_metadata?: components["schemas"]["UsageView"] | null;
                user_agent?: string | null;
                /** @description Always `false`: nobody but the operator pays providers. */
                wholesale: boolean;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_MetadataKeysView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description Keys of metadata, in the order of their bytes. */
            result: {
                /** @description Whether these are all. */
                complete: boolean;
                /** @description At most 1000. */
                keys: string[];
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_PriceView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A price override, in dollars per token. */
            result: {
                audio_input: string;
                audio_output: string;
                cache_read: string;
                cache_write: string;
                cache_write_1h: string;
                /**
                 * Format: date-time
                 * @description Since when it holds.
                 */
                effective_from: string;
                image_input: string;
                image_output: string;
                input: string;
                model: string;
                output: string;
                provider: string;
                reasoning: string;
                /** @description What the records of requests it priced name; empty for one from before versions were kept. */
                version: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_ProviderConfigView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A stored key, without the key. */
            result: {
                account_tag: string;
                alias: string;
                /** Format: date-time */
                created_at: string;
                default_config: boolean;
                gateway_id: string;
                id: string;
                /** Format: date-time */
                modified_at: string;
                provider_slug: string;
                /**
                 * Format: int64
                 * @description Requests that may be sent with it in any `rate_limit_period`; `null` or 0: any number.
                 */
                rate_limit?: number | null;
                /**
                 * Format: int64
                 * @description Seconds.
                 */
                rate_limit_period: number;
                /** @description The same as `id`: the key lives in this record. */
                secret_id: string;
                /** @description The last characters of the key. */
                secret_preview: string;
                /**
                 * Format: int64
                 * @description Its share of the provider's requests; `null`: it has none.
                 */
                weight?: number | null;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_Revoked: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description The id of a revoked token. */
            result: {
                id: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_RouteAnalyticsView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description Traffic of a route by edge. */
            result: components["schemas"]["RangeView"] & {
                /** @description By version, element and output. */
                edges: components["schemas"]["EdgeView"][];
                /** @description Of all requests to the route. */
                total: components["schemas"]["SumsView"];
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_RouteFull: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A route with what is deployed. */
            result: {
                account_tag: string;
                /** Format: date-time */
                created_at: string;
                deployment?: components["schemas"]["DeploymentView"] | null;
                /** @description The deployed graph. */
                elements: components["schemas"]["Elements"];
                gateway_id: string;
                id: string;
                /** Format: date-time */
                modified_at: string;
                name: string;
                version?: components["schemas"]["VersionView"] | null;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_RouteLite: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A route without its deployment. */
            result: {
                account_tag: string;
                /** Format: date-time */
                created_at: string;
                elements: components["schemas"]["Elements"];
                gateway_id: string;
                id: string;
                /** Format: date-time */
                modified_at: string;
                name: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_Simulated: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description What production would do with the request. */
            result: {
                answer?: components["schemas"]["Chosen"] | null;
                distribution?: components["schemas"]["Distribution"] | null;
                estimated_cost?: components["schemas"]["Dollars"] | null;
                /** @description Why no model would answer. */
                failure?: string | null;
                /** @description The elements walked, in order. */
                path: components["schemas"]["Passed"][];
                /** @description Every value read, once, in the order of the first look. */
                reads: components["schemas"]["Read"][];
                /** @description Of the dice, as text. */
                seed: string;
                /**
                 * Format: int32
                 * @description The status that the caller would see. A model that is assumed to fail counts as one that does not answer at all.
                 */
                status: number;
                /** @description The version walked; `null`: a draft or a graph that is stored nowhere. */
                version_id?: string | null;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_String: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            result: string;
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_TokenView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description A token, without its secret. */
            result: {
                /** Format: date-time */
                expires_on?: string | null;
                gateways?: string[] | null;
                id: string;
                /** @description Who made it. */
                issued_by: string;
                /** Format: date-time */
                issued_on: string;
                metadata: Record<string, never>;
                name: string;
                permissions: string[];
                /** @description First characters of the secret. */
                prefix: string;
                routes?: string[] | null;
                /** @description `active` or `expired`. */
                status: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_TriedView: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description How the provider answered. */
            result: {
                /** @description Whether the answer was a good one: routes can use this model. */
                answered: boolean;
                cause?: components["schemas"]["CauseView"] | null;
                /** @description The key that was used, as logs name it: `stored:<alias>`, `env`, `none`. */
                key_alias: string;
                /**
                 * Format: int64
                 * @description Milliseconds until the answer was complete, or the call had failed.
                 */
                latency_ms: number;
                /**
                 * Format: int32
                 * @description The provider's status; `null` when there was no response.
                 */
                status?: number | null;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_Verified: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description What `verify` says. */
            result: {
                /** Format: date-time */
                expires_on?: string | null;
                id: string;
                /** @description Always `active`; a token that is not gets a 401. */
                status: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description `{success, errors, messages, result}`. */
        Success_VersionFull: {
            errors: components["schemas"]["Entry"][];
            /** @description Warnings of the route compiler and other things worth knowing. */
            messages: components["schemas"]["Entry"][];
            /** @description One version. */
            result: {
                account_tag: string;
                active: components["schemas"]["Active"];
                comment?: string | null;
                /** Format: date-time */
                created_at: string;
                /** @description Who made it (ours). */
                created_by: string;
                data: components["schemas"]["Data"];
                elements: components["schemas"]["Elements"];
                gateway_id: string;
                /** @description The route's id. */
                id: string;
                is_valid: boolean;
                /**
                 * Format: date-time
                 * @description Equal to `created_at`: versions do not change.
                 */
                modified_at: string;
                name: string;
                /**
                 * Format: int64
                 * @description 1, 2, 3 … within the route (ours).
                 */
                number: number;
                version_id: string;
            };
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description Sums over requests; or over calls. */
        SumsView: components["schemas"]["TakenView"] & {
            /**
             * Format: int64
             * @description Requests answered from the cache, for which nobody was called.
             */
            cached: number;
            first_token?: components["schemas"]["PercentilesView"] | null;
        };
        /** @description What requests took and were charged; or calls, of which each is the part of one model element in one request. */
        TakenView: {
            /**
             * Format: double
             * @description Dollars, without `unpriced_requests`.
             */
            cost: number;
            duration?: components["schemas"]["PercentilesView"] | null;
            /**
             * Format: int64
             * @description Requests that no model answered to the end; or calls that the element could not answer, or not to the end.
             */
            errors: number;
            /**
             * Format: int64
             * @description Of calls: those for which the element called a provider.
             */
            requests: number;
            /**
             * Format: int64
             * @description Of `tokens_in`, those read from a provider's cache.
             */
            tokens_cache_read: number;
            /**
             * Format: int64
             * @description Of `tokens_in`, those written to a provider's cache.
             */
            tokens_cache_write: number;
            /** Format: int64 */
            tokens_in: number;
            /** Format: int64 */
            tokens_out: number;
            /**
             * Format: int64
             * @description Those that used tokens whose price is unknown.
             */
            unpriced_requests: number;
        };
        /** @enum {string} */
        Technique: "fixed" | "sliding";
        /** @description Microseconds; `gateway_us` and `upstream_us` sum to the time to the first byte. */
        TimesView: {
            /** Format: int64 */
            gateway_us: number;
            /**
             * Format: int64
             * @description Of `gateway_us`.
             */
            route_us: number;
            /** Format: int64 */
            upstream_us: number;
        };
        /** @description Milliseconds from the request's arrival. */
        Timings: {
            /**
             * Format: int64
             * @description Until the first meaningful byte of the answer.
             */
            latency?: number | null;
            /** Format: int64 */
            total: number;
        };
        /** @description A token, without its secret. */
        TokenView: {
            /** Format: date-time */
            expires_on?: string | null;
            gateways?: string[] | null;
            id: string;
            /** @description Who made it. */
            issued_by: string;
            /** Format: date-time */
            issued_on: string;
            metadata: Record<string, never>;
            name: string;
            permissions: string[];
            /** @description First characters of the secret. */
            prefix: string;
            routes?: string[] | null;
            /** @description `active` or `expired`. */
            status: string;
        };
        /** @description How the provider answered. */
        TriedView: {
            /** @description Whether the answer was a good one: routes can use this model. */
            answered: boolean;
            cause?: components["schemas"]["CauseView"] | null;
            /** @description The key that was used, as logs name it: `stored:<alias>`, `env`, `none`. */
            key_alias: string;
            /**
             * Format: int64
             * @description Milliseconds until the answer was complete, or the call had failed.
             */
            latency_ms: number;
            /**
             * Format: int32
             * @description The provider's status; `null` when there was no response.
             */
            status?: number | null;
        };
        /** @enum {string} */
        UnknownPrice: "refuse" | "allow";
        /** @description The reply of an update: the route under `route`, the same fields beside it, and no `result`, because clients decode either. */
        Updated: components["schemas"]["RouteFull"] & {
            errors: components["schemas"]["Entry"][];
            messages: components["schemas"]["Entry"][];
            route: components["schemas"]["RouteFull"];
            /** @description Always `true`. */
            success: boolean;
        };
        /** @description What may change: the name, the graph (a new version, deployed at once), or both. */
        UpdateRoute: {
            comment?: components["schemas"]["Comment"] | null;
            elements?: components["schemas"]["Elements"] | null;
            name?: components["schemas"]["Name"] | null;
        };
        /** @description Tokens in disjoint classes, summed. */
        UsageView: {
            /** Format: int64 */
            audio_input_tokens: number;
            /** Format: int64 */
            audio_output_tokens: number;
            /** Format: int64 */
            cache_read_tokens: number;
            /** Format: int64 */
            cache_write_1h_tokens: number;
            /**
             * Format: int64
             * @description Of both times that a provider keeps them.
             */
            cache_write_tokens: number;
            /** Format: int64 */
            image_input_tokens: number;
            /** Format: int64 */
            image_output_tokens: number;
            /** Format: int64 */
            input_tokens: number;
            /** Format: int64 */
            output_tokens: number;
            /** Format: int64 */
            reasoning_tokens: number;
            /** Format: int64 */
            total_tokens: number;
        };
        /** @description What `verify` says. */
        Verified: {
            /** Format: date-time */
            expires_on?: string | null;
            id: string;
            /** @description Always `active`; a token that is not gets a 401. */
            status: string;
        };
        /** @description One version. */
        VersionFull: {
            account_tag: string;
            active: components["schemas"]["Active"];
            comment?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Who made it (ours). */
            created_by: string;
            data: components["schemas"]["Data"];
            elements: components["schemas"]["Elements"];
            gateway_id: string;
            /** @description The route's id. */
            id: string;
            is_valid: boolean;
            /**
             * Format: date-time
             * @description Equal to `created_at`: versions do not change.
             */
            modified_at: string;
            name: string;
            /**
             * Format: int64
             * @description 1, 2, 3 … within the route (ours).
             */
            number: number;
            version_id: string;
        };
        /** @description `data` of the list. */
        Versions: components["schemas"]["Order"] & {
            versions: components["schemas"]["VersionView"][];
        };
        /** @description A version. */
        VersionView: {
            active: components["schemas"]["Active"];
            comment?: string | null;
            /** Format: date-time */
            created_at: string;
            /** @description Who made it (ours). */
            created_by: string;
            data: components["schemas"]["Data"];
            is_valid: boolean;
            /**
             * Format: int64
             * @description 1, 2, 3 … within the route (ours).
             */
            number: number;
            version_id: string;
        };
        /**
         * Format: int32
         * @description A key's share of the provider's requests in this gateway: a whole number up to 1000000, beside the weights of the other keys. As soon
         *     as one key has a weight, a key without has 1. 0: used only when a request names it.
         */
        Weight: number;
        /** @description Which model to ask, and with the key of which gateway. */
        Wish: {
            /** @description The gateway whose stored key is used; `default` when absent. */
            gateway_id?: string | null;
            /** @description As the provider names it. */
            model: string;
        };
        /** @description What a client may send. A price is dollars per token. */
        Written: {
            /** @description Id of the custom provider. Required when creating; it stays. */
            account_provider_id?: string | null;
            /** Format: double */
            cost_in?: number | null;
            /** Format: double */
            cost_out?: number | null;
            /** @description Only `tokens`. */
            cost_type?: string | null;
            enable?: boolean | null;
            /** @description A model's name or a part of one. Required when creating. */
            model?: string | null;
            /** @description `equals` (default), `starts-with` or `contains`. */
            model_rule?: string | null;
            /** @description Prices by kind of token, before `cost_in` and `cost_out`. */
            token_pricing?: Record<string, never> | null;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    "aig-get-account-analytics": {
        parameters: {
            query?: {
                /** @description `minute`, `hour` or `day`, in UTC. Default: by the length of time. */
                bucket?: string;
                /** @description Only what this model element answered; of `calls`, only what it called. */
                element?: string;
                /** @description Up to this time, RFC 3339; the bucket that it is in is whole. Default: now. */
                end?: string;
                /** @description Only this gateway (its id). `gateway` may be one of `group`, too, with any others. */
                gateway?: string;
                /**
                 * @description Up to three, separated by commas: of `route`, `version`, `element`, `provider` and `model`; or `key` (id of a token) with `route`,
                 *     `provider` and `model`; or `metadata.<key>`, which stands last, with these three.
                 */
                group?: string;
                /** @description Only this token (its id); with `route`, `provider` and `model` only. */
                key?: string;
                /**
                 * @description How many groups are shown; the others are `rest`. Default 10.
                 * @example 10
                 */
                limit?: number;
                /** @description Only this model. */
                model?: string;
                /** @description What is summed up: `requests` (default), or `calls`, the model elements that called, each with what its own attempts took and cost. */
                of?: string;
                /** @description Those with most `requests` (default), `errors` or `cost`. */
                order_by?: string;
                /** @description Only this provider. */
                provider?: string;
                /** @description Only this route (its id). As here, so with the other dimensions and with `metadata.<key>`. */
                route?: string;
                /** @description From this time on, RFC 3339; rounded down to a whole bucket. Default: a day before `end`. */
                start?: string;
                /** @description Only this version (its id). */
                version?: string;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_AnalyticsView"];
                };
            };
        };
    };
    "list-audit": {
        parameters: {
            query?: {
                /** @description Only what was done so: `route.create`, `deployment.create`, … */
                action?: string;
                /** @description Only what was done by who has this id: a token's, `admin` or `local`. */
                actor_id?: string;
                /** @description Up to this time, RFC 3339. */
                end_date?: string;
                /** @description Only entries of this gateway. */
                gateway_id?: string;
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
                /** @description Only what was done to what has this id. */
                resource?: string;
                /** @description Text in the actor's id or name, the action, the gateway, the resource, or the keys and values of `detail`; upper and lower case of ASCII letters are the same. */
                search?: string;
                /** @description From this time on, RFC 3339. */
                start_date?: string;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_AuditView"];
                };
            };
        };
    };
    "list-audit-names": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_AuditNamesView"];
                };
            };
        };
    };
    "list-custom-providers": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_CustomProviderView"];
                };
            };
        };
    };
    "create-custom-provider": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Changes"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CustomProviderView"];
                };
            };
        };
    };
    "get-custom-provider": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CustomProviderView"];
                };
            };
        };
    };
    "delete-custom-provider": {
        parameters: {
            query?: {
                /** @description Delete it although deployed routes use it. */
                force?: boolean;
            };
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CustomProviderView"];
                };
            };
        };
    };
    "update-custom-provider": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Changes"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CustomProviderView"];
                };
            };
        };
    };
    "test-custom-provider": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Wish"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_TriedView"];
                };
            };
        };
    };
    "aig-config-list-account-provider-cost": {
        parameters: {
            query?: {
                account_provider_id?: string;
                cost_type?: string;
                /** @description `true` or `false`. */
                enable?: string;
                model_rule?: string;
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
                /** @description A part of the model. */
                search?: string;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_CostView"];
                };
            };
        };
    };
    "aig-config-create-account-provider-cost": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Written"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CostView"];
                };
            };
        };
    };
    "aig-config-fetch-account-provider-cost": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CostView"];
                };
            };
        };
    };
    "aig-config-delete-account-provider-cost": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CostView"];
                };
            };
        };
    };
    "aig-config-update-account-provider-cost": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Written"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CostView"];
                };
            };
        };
    };
    "aig-config-list-gateway": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
                /** @description Part of the id. */
                search?: string;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_GatewayView"];
                };
            };
        };
    };
    "aig-config-create-gateway": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settings"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_GatewayView"];
                };
            };
        };
    };
    "aig-config-fetch-gateway": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_GatewayView"];
                };
            };
        };
    };
    "aig-config-update-gateway": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["Settings"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_GatewayView"];
                };
            };
        };
    };
    "aig-config-delete-gateway": {
        parameters: {
            query?: {
                /** @description Delete it although deployed routes use it. */
                force?: boolean;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_GatewayView"];
                };
            };
        };
    };
    "aig-get-gateway-analytics": {
        parameters: {
            query?: {
                /** @description `minute`, `hour` or `day`, in UTC. Default: by the length of time. */
                bucket?: string;
                /** @description Only what this model element answered; of `calls`, only what it called. */
                element?: string;
                /** @description Up to this time, RFC 3339; the bucket that it is in is whole. Default: now. */
                end?: string;
                /**
                 * @description Up to three, separated by commas: of `route`, `version`, `element`, `provider` and `model`; or `key` (id of a token) with `route`,
                 *     `provider` and `model`; or `metadata.<key>`, which stands last, with these three.
                 */
                group?: string;
                /** @description Only this token (its id); with `route`, `provider` and `model` only. */
                key?: string;
                /**
                 * @description How many groups are shown; the others are `rest`. Default 10.
                 * @example 10
                 */
                limit?: number;
                /** @description Only this model. */
                model?: string;
                /** @description What is summed up: `requests` (default), or `calls`, the model elements that called, each with what its own attempts took and cost. */
                of?: string;
                /** @description Those with most `requests` (default), `errors` or `cost`. */
                order_by?: string;
                /** @description Only this provider. */
                provider?: string;
                /** @description Only this route (its id). As here, so with the other dimensions and with `metadata.<key>`. */
                route?: string;
                /** @description From this time on, RFC 3339; rounded down to a whole bucket. Default: a day before `end`. */
                start?: string;
                /** @description Only this version (its id). */
                version?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_AnalyticsView"];
                };
            };
        };
    };
    "list-limits": {
        parameters: {
            query?: {
                /** @description Only rate elements of this id. */
                element?: string;
                /** @description Only limits of this kind: `element`, `gateway`, `spend_rule` or `provider_key`. */
                kind?: string;
                /**
                 * @description Only buckets of which at least this share of the limit is used: `0.8`.
                 * @example 0.8
                 */
                min_share?: number;
                /**
                 * @description From 1; default 1. The first 10,000 buckets can be paged through.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
                /** @description Only rate elements of the route of this name or id. */
                route?: string;
                /** @description Only buckets whose key has this in it: in a field's name, in a value or, for administrators, in the name of a token. */
                search?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["LimitsListing"];
                };
            };
        };
    };
    "reset-limit": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ResetBucket"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_BucketView"];
                };
            };
        };
    };
    "aig-config-list-gateway-logs": {
        parameters: {
            query?: {
                /** @description Deprecated: a filter says the same. */
                cached?: boolean;
                /** @description Deprecated: as `order_by_direction`. */
                direction?: string;
                /** @description Up to this time, RFC 3339. */
                end_date?: string;
                /** @description Deprecated: a filter says the same. */
                feedback?: number;
                /**
                 * @description Objects with `key`, `operator` and `value`, as one JSON array, or in the form in which SDKs send them (`filters.key=…&filters.operator=…&filters.value=…`).
                 *     Beside the documented keys there are `route` (id or name), `version`, `element`, `edge` (`<element>.<output>`: the output that was taken) and `token` (its id).
                 */
                filters?: string;
                /**
                 * @description Dollars.
                 *     Deprecated: a filter says the same.
                 */
                max_cost?: number;
                /**
                 * @description Milliseconds.
                 *     Deprecated: a filter says the same.
                 */
                max_duration?: number;
                /** @description Deprecated: a filter says the same. */
                max_tokens_in?: number;
                /** @description Deprecated: a filter says the same. */
                max_tokens_out?: number;
                /** @description Deprecated: a filter says the same. */
                max_total_tokens?: number;
                /** @description Whether `result_info` shall have the smallest and largest cost, duration and tokens of the logs that fit. */
                meta_info?: boolean;
                /**
                 * @description Dollars.
                 *     Deprecated: a filter says the same.
                 */
                min_cost?: number;
                /**
                 * @description Milliseconds.
                 *     Deprecated: a filter says the same.
                 */
                min_duration?: number;
                /** @description Deprecated: a filter says the same. */
                min_tokens_in?: number;
                /** @description Deprecated: a filter says the same. */
                min_tokens_out?: number;
                /** @description Deprecated: a filter says the same. */
                min_total_tokens?: number;
                /** @description Deprecated: a filter says the same. */
                model?: string;
                /** @description Deprecated: a filter says the same. */
                model_type?: string;
                /** @description `created_at` (default), `provider`, `model`, `model_type`, `success` or `cached`. */
                order_by?: string;
                /** @description `desc` (default) or `asc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 50.
                 * @example 20
                 */
                per_page?: number;
                /** @description Deprecated: a filter says the same. */
                provider?: string;
                /** @description Deprecated: a filter says the same. */
                request_content_type?: string;
                /** @description Deprecated: a filter says the same. */
                response_content_type?: string;
                /** @description Text in the provider, the model, or the keys and values of metadata. */
                search?: string;
                /** @description From this time on, RFC 3339. */
                start_date?: string;
                /** @description Deprecated: a filter says the same. */
                success?: boolean;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_LogView"];
                };
            };
        };
    };
    "aig-config-delete-gateway-logs": {
        parameters: {
            query?: {
                /** @description As when listing; without filters, all requests fit. */
                filters?: string;
                /**
                 * @description Default and at most 10000.
                 * @example 10000
                 */
                limit?: number;
                /** @description As when listing, and `cost`, `tokens_in`, `tokens_out`, `duration` and `feedback`. */
                order_by?: string;
                /** @description `asc` (default) or `desc`. */
                order_by_direction?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_DeletedView"];
                };
            };
        };
    };
    "aig-config-get-gateway-log-detail": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_LogDetailView"];
                };
            };
        };
    };
    "aig-config-patch-gateway-log": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeLog"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_LogView"];
                };
            };
        };
    };
    "aig-config-get-gateway-log-request": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    "aig-config-get-gateway-log-response": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": Record<string, never>;
                };
            };
        };
    };
    "aig-config-list-gateway-log-metadata-keys": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_MetadataKeysView"];
                };
            };
        };
    };
    "list-models": {
        parameters: {
            query?: {
                /** @description Only for these calls: `chat`, `responses` or `embeddings`. A model of which nobody has said it is for `chat`. */
                mode?: string;
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
                /** @description Only of this provider. */
                provider?: string;
                /** @description Only models with this in their name, in whatever case. */
                search?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_ModelView"];
                };
            };
        };
    };
    "list-prices": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_PriceView"];
                };
            };
        };
    };
    "put-price": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPrice"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_PriceView"];
                };
            };
        };
    };
    "delete-price": {
        parameters: {
            query?: {
                model?: string;
                provider?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_PriceView"];
                };
            };
        };
    };
    "aig-config-list-providers": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_ProviderConfigView"];
                };
            };
        };
    };
    "aig-config-create-providers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateProviderConfig"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_ProviderConfigView"];
                };
            };
        };
    };
    "aig-config-update-providers": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["ChangeProviderConfig"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_ProviderConfigView"];
                };
            };
        };
    };
    "aig-config-delete-providers": {
        parameters: {
            query?: {
                /** @description Delete it although deployed routes use it. */
                force?: boolean;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_ProviderConfigView"];
                };
            };
        };
    };
    "list-providers": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_ProviderOffered"];
                };
            };
        };
    };
    "aig-config-list-gateway-dynamic-routes": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataListing_Routes"];
                };
            };
        };
    };
    "aig-config-post-gateway-dynamic-route": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateRoute"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_RouteFull"];
                };
            };
        };
    };
    "aig-config-get-gateway-dynamic-route": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_RouteFull"];
                };
            };
        };
    };
    "aig-config-delete-gateway-dynamic-route": {
        parameters: {
            query?: never;
            header?: {
                /** @description `*` or ETags; another state is a 412 */
                "if-match"?: string | null;
            };
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_RouteLite"];
                };
            };
        };
    };
    "aig-config-update-gateway-dynamic-route": {
        parameters: {
            query?: never;
            header?: {
                /** @description `*` or ETags; another state is a 412 */
                "if-match"?: string | null;
            };
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["UpdateRoute"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Updated"];
                };
            };
        };
    };
    "aig-get-route-analytics": {
        parameters: {
            query?: {
                /** @description What `start` and `end` are rounded to: `minute`, `hour` or `day`, in UTC. Default: by the length of time. */
                bucket?: string;
                /** @description Up to this time, RFC 3339; the bucket that it is in is whole. Default: now. */
                end?: string;
                /** @description From this time on, RFC 3339; rounded down to a whole bucket. Default: a day before `end`. */
                start?: string;
                /** @description Only this version (its id). */
                version?: string;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_RouteAnalyticsView"];
                };
            };
        };
    };
    "aig-config-list-gateway-dynamic-route-deployments": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataListing_Deployments"];
                };
            };
        };
    };
    "aig-config-post-gateway-dynamic-route-deployment": {
        parameters: {
            query?: never;
            header?: {
                /** @description `*` or ETags; another state is a 412 */
                "if-match"?: string | null;
            };
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateDeployment"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_Deployed"];
                };
            };
        };
    };
    "get-draft": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_DraftView"];
                };
            };
        };
    };
    "put-draft": {
        parameters: {
            query?: never;
            header?: {
                /** @description `*` or ETags; another state is a 412 */
                "if-match"?: string | null;
                /** @description `*`: only when there is no draft yet, else a 412 */
                "if-none-match"?: string | null;
            };
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutDraft"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_DraftView"];
                };
            };
        };
    };
    "simulate-route": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SimulateRoute"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_Simulated"];
                };
            };
        };
    };
    "aig-config-list-gateway-dynamic-route-versions": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DataListing_Versions"];
                };
            };
        };
    };
    "aig-config-post-gateway-dynamic-route-version": {
        parameters: {
            query?: never;
            header?: {
                /** @description `*` or ETags; another state is a 412 */
                "if-match"?: string | null;
            };
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateVersion"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CreatedVersion"];
                };
            };
        };
    };
    "aig-config-get-gateway-dynamic-route-version": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                id: string;
                version_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_VersionFull"];
                };
            };
        };
    };
    "check-route": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CheckRoute"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CheckedRoute"];
                };
            };
        };
    };
    "aig-config-get-gateway-url": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                gateway_id: string;
                provider: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_String"];
                };
            };
        };
    };
    "list-account-prices": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_PriceView"];
                };
            };
        };
    };
    "put-account-price": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["PutPrice"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_PriceView"];
                };
            };
        };
    };
    "delete-account-price": {
        parameters: {
            query?: {
                model?: string;
                provider?: string;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_PriceView"];
                };
            };
        };
    };
    "list-price-history": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_PriceEventView"];
                };
            };
        };
    };
    "list-tokens": {
        parameters: {
            query?: {
                /** @description Only `created_at`. */
                order_by?: string;
                /** @description Only `desc`. */
                order_by_direction?: string;
                /**
                 * @description From 1; default 1.
                 * @example 1
                 */
                page?: number;
                /**
                 * @description Default 20, at most 100.
                 * @example 20
                 */
                per_page?: number;
            };
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Listing_TokenView"];
                };
            };
        };
    };
    "create-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["CreateToken"];
            };
        };
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_CreatedToken"];
                };
            };
        };
    };
    "get-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_TokenView"];
                };
            };
        };
    };
    "delete-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_Revoked"];
                };
            };
        };
    };
    "account-api-tokens-verify-token": {
        parameters: {
            query?: never;
            header?: never;
            path: {
                account_id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_Verified"];
                };
            };
        };
    };
    "user-api-tokens-verify-token": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Refused; `errors` say why */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            /** @description This server failed */
            "5XX": {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Failure"];
                };
            };
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Success_Verified"];
                };
            };
        };
    };
}
