// What bell.js offers, for TypeScript and for editors.

export type Change = "open" | "unopen" | "see" | "archive" | "unarchive" | "delete";
export type Order = "newest" | "pending";
export type Status = "idle" | "connecting" | "live" | "offline" | "failed";
/** unreachable: it comes back by itself. denied: sign in. refused: asked wrongly. */
export type FailureCode = "unreachable" | "denied" | "refused";

export interface Failure extends Error {
  readonly code: FailureCode;
}

export interface Position {
  readonly epoch: string;
  readonly offset: number;
}

/** What the badge shows, as the server counts it. */
export interface Counts {
  readonly pending: number;
  readonly unseen: number;
}

export interface Button {
  readonly id: string;
  readonly text: string;
  readonly icon?: string;
}

export interface Notification {
  readonly id: string;
  readonly heading: string;
  readonly content: string;
  readonly payload?: { readonly path?: string; readonly data?: unknown; readonly auth?: boolean };
  readonly image_url?: string;
  readonly buttons: readonly Button[];
  readonly category?: string;
  readonly data?: unknown;
  readonly created_at: string;
}

/** A notification in the inbox, with its states. A change makes a new object. */
export interface Entry {
  readonly id: string;
  readonly offset: number;
  readonly opened: boolean;
  readonly seen: boolean;
  readonly archived: boolean;
  readonly notification: Notification;
}

/** All that there is to show. Stays the same object until something changes. */
export interface Snapshot {
  readonly entries: readonly Entry[];
  readonly counts: Counts;
  readonly status: Status;
  readonly error: Failure | null;
  /** Whether the first page has been read. */
  readonly known: boolean;
  /** Whether there are older entries to load. */
  readonly more: boolean;
  readonly loading: boolean;
}

/** A token; or a function that gets one, asked again when it is refused; nothing: cookies. */
export type TokenSource = string | (() => string | Promise<string>);

/** How long to wait before coming back, in milliseconds: at first, doubled each time, at most. */
export interface Backoff {
  readonly first: number;
  readonly most: number;
}

export interface ClientOptions {
  /** Where the server is; by default this page's folder. */
  src?: string;
  token?: TokenSource;
  /** By default "websocket". */
  transport?: "websocket" | "sse";
  /** Live events come by this pusher-js client; `user` must be given. */
  pusher?: PusherLike;
  /** The same, by a Laravel Echo that uses pusher-js. */
  echo?: EchoLike;
  user?: string;
  /** By default "newest". */
  order?: Order;
  /** How many entries a page has; by default 30. */
  limit?: number;
  backoff?: Backoff;
}

/** What is asked of a pusher-js client. */
export interface PusherLike {
  channel(name: string): object | undefined;
  subscribe(name: string): PusherChannelLike;
  unsubscribe(name: string): void;
  connection: PusherEvents & { state?: string };
}

interface PusherEvents {
  bind(event: string, callback: (data: any) => void): unknown;
  unbind(event: string, callback: (data: any) => void): unknown;
}

interface PusherChannelLike {
  name: string;
  subscribed: boolean;
  subscribe?(): void;
  bind_global(callback: (event: string, data: any) => void): unknown;
  unbind_global(callback: (event: string, data: any) => void): unknown;
}

export interface EchoLike {
  connector: { pusher: PusherLike };
}

/** What a change is about: ids, or all up to a position, perhaps of one category. */
export interface Named {
  readonly ids?: readonly string[];
  readonly through?: Position;
  readonly category?: string;
}

export interface Stored {
  readonly position: Position;
  readonly counts: Counts;
  readonly duplicate: boolean;
}

export interface ClientEvents {
  change: CustomEvent<null>;
  notification: CustomEvent<{ entry: Entry }>;
  status: CustomEvent<{ status: Status; error: Failure | null }>;
  /** A page could not be loaded, or a change was undone: `change` and `named` tell which. */
  error: CustomEvent<{ error: Failure; change?: Change; named?: Named }>;
}

/** An inbox that follows what happens. */
export class TidingsClient extends EventTarget {
  constructor(options?: ClientOptions);
  readonly snapshot: Snapshot;
  start(): void;
  stop(): void;
  /** Try to connect now rather than later. */
  retry(): void;
  loadMore(): Promise<void>;
  open(...ids: string[]): Promise<Stored>;
  unopen(...ids: string[]): Promise<Stored>;
  see(...ids: string[]): Promise<Stored>;
  archive(...ids: string[]): Promise<Stored>;
  unarchive(...ids: string[]): Promise<Stored>;
  delete(...ids: string[]): Promise<Stored>;
  /** All that have come in so far; null before the first page. */
  openAll(category?: string): Promise<Stored | null>;
  seeAll(category?: string): Promise<Stored | null>;
  archiveAll(category?: string): Promise<Stored | null>;
  addEventListener<K extends keyof ClientEvents>(
    type: K,
    listener: (this: TidingsClient, event: ClientEvents[K]) => void,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
}

export interface BellEvents {
  "tidings-open": CustomEvent<{ entry: Entry; url: string | null }>;
  "tidings-button": CustomEvent<{ entry: Entry; button: Button }>;
  "tidings-notification": CustomEvent<{ entry: Entry }>;
  "tidings-counts": CustomEvent<Counts>;
  "tidings-status": CustomEvent<{ status: Status; error: Failure | null }>;
  "tidings-error": CustomEvent<{ error: Failure; change?: Change; named?: Named }>;
  "tidings-toggle": CustomEvent<{ open: boolean }>;
}

/** The element `<tidings-bell>`. */
export class TidingsBell extends HTMLElement {
  client: TidingsClient | null;
  pusher: PusherLike | undefined;
  echo: EchoLike | undefined;
  open: boolean;
  toggle(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "tidings-bell": TidingsBell;
  }
  interface HTMLElementEventMap extends BellEvents {}
}

/** What happens in the inbox's log. */
export interface Happening {
  readonly event: string;
  readonly data: any;
  readonly id: string;
  readonly position: Position;
  readonly counts?: Counts;
}

export interface PageQuery {
  readonly limit: number;
  readonly state?: string;
  readonly before?: Position;
}

export interface Page {
  readonly entries: readonly Entry[];
  readonly counts: Counts;
  readonly position: Position;
  readonly cursor: Position | null;
}
