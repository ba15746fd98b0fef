// What an HTTP answer that is no success means.

import { Failure } from "./failure.js";

/** For so long an answer is waited for, in milliseconds. */
export const PATIENCE = 15_000;

/** Read a problem document (RFC 9457), or whatever it is. @param {Response} response */
export async function failure(response) {
  const { status, url } = response;
  const problem = await response.json().catch(() => ({}));
  const message = problem.detail ?? problem.title ?? `${status} of ${url}`;
  if (status === 401 || status === 403) return new Failure("denied", message);
  const later = status >= 500 || [408, 425, 429].includes(status);
  return new Failure(later ? "unreachable" : "refused", message);
}
