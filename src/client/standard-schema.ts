/**
 * The interface that validators (zod, valibot, arktype, …) publish of themselves, so that any of them can decode values
 * without being a dependency. Types only; names and shapes are those of the Standard Schema specification, version 1.
 */

/** A validator. */
export interface StandardSchemaV1<Input = unknown, Output = Input> {
  readonly '~standard': StandardSchemaProps<Input, Output>;
}

export interface StandardSchemaProps<Input = unknown, Output = Input> {
  readonly version: 1;
  /** Name of the validating library. */
  readonly vendor: string;
  readonly validate: (
    value: unknown,
  ) => StandardSchemaResult<Output> | PromiseLike<StandardSchemaResult<Output>>;
  /** There only for the type checker. */
  readonly types?: { readonly input: Input; readonly output: Output } | undefined;
}

/** A value, or what is wrong with it. */
export type StandardSchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardSchemaIssue[] };

export interface StandardSchemaIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}
