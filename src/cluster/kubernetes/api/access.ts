/** What one request to the API server carries. */
export interface Credentials {
  readonly headers: Readonly<Record<string, string>>;
  /** Client certificate and key, PEM; for ways in that use them. */
  readonly cert?: string | Buffer;
  readonly key?: string | Buffer;
}

/** A way in to one API server. Whatever stands behind it, the transport asks it for each request. */
export interface Access {
  /** `https://host:port`, without a path at the end. */
  readonly server: string;
  /** Certificates to trust, PEM; the system's own without them. */
  readonly ca?: string | Buffer;
  /** Name that the server's certificate must be for; the host's own without it. */
  readonly serverName?: string;
  /** Set where the kubeconfig says so: whoever answers is believed. The doctor warns of it. */
  readonly isUnverified?: boolean;
  /** HTTP proxy that the kubeconfig names. */
  readonly proxy?: string;
  /** How we get in, in one line for people. */
  readonly about: string;
  /** `renew`: the server has refused the last ones, so that a kept token must be made anew. */
  readonly credentials: (renew: boolean) => Promise<Credentials>;
  /** Values that must never be printed; tokens that are made later are added to it. */
  readonly secrets: readonly string[];
}
