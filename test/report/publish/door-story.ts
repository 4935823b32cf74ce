import type { HostIdentity } from '../../../src/protocol/code-host.ts';
import { publishChanges } from '../../../src/report/publish/publish-changes.ts';
import type { PublishOutcome } from '../../../src/report/publish/outcome.ts';
import { openGitHub, type GitHub } from '../../../src/repository/github/open-github.ts';
import type { GitHubLimits } from '../../../src/repository/github/limits.ts';
import { startFakeGitHub, type FakeGitHub, type FakeOptions } from '../../support/github/fake-github.ts';
import { printOf, type Proposal } from '../../support/publish/proposals.ts';
import { Story, text, type RunWish } from '../../support/publish/story.ts';

type Shop = ReturnType<FakeGitHub['repository']>;

/** Executions that are published through GitHub's door to the stand-in for GitHub, which has git behind it. */
export class DoorStory {
  readonly fake: FakeGitHub;
  readonly shop: Shop;
  readonly door: GitHub;
  readonly identity: HostIdentity;
  /** Only tells of executions: their ids, reports and times. */
  private readonly told = new Story();

  private constructor(fake: FakeGitHub, door: GitHub, identity: HostIdentity) {
    this.fake = fake;
    this.shop = fake.repository();
    this.door = door;
    this.identity = identity;
  }

  static async open(
    names: readonly string[],
    wish: { readonly fake?: FakeOptions; readonly limits?: Partial<GitHubLimits>; readonly files?: object } = {},
  ): Promise<DoorStory> {
    const files = Object.fromEntries(names.map((name) => [`src/${name}.txt`, text]));
    const repositories = {
      'acme/shop': { files: { ...files, ...wish.files }, roles: { ada: 'write', eve: 'read' } },
    } as const;
    const fake = await startFakeGitHub({ repositories, ...wish.fake });
    const door = openDoor(fake, wish.limits);
    return new DoorStory(fake, door, await door.identify());
  }

  /** A fix of one line of the file that bears its name, made on the newest commit unless said. */
  fix(name: string, wish: Partial<Proposal> & { readonly line?: string } = {}): Proposal {
    const { line = 'two', ...rest } = wish;
    const edits = [{ path: `src/${name}.txt`, before: text, after: text.replace(line, line.toUpperCase()) }];
    return { name, on: this.shop.head('main') ?? '', edits, ...rest };
  }

  async run(proposals: readonly Proposal[], wish: RunWish & { readonly host?: GitHub } = {}): Promise<PublishOutcome> {
    const input = this.told.input(proposals, { host: this.door, identity: this.identity, ...wish });
    return publishChanges({ ...input, clock: { now: () => this.fake.clock.now() } });
  }

  /** Numbers of all pull requests from the branch of a fix. */
  pulls(name: string): readonly number[] {
    const id = printOf(name).slice(0, 12);
    return this.shop.pulls().flatMap((each) => (each.pull.headBranch.includes(id) ? [each.number] : []));
  }

  branch(name: string): string {
    return this.shop.pull(this.pulls(name)[0] ?? 0).pull.headBranch;
  }

  get dashboard() {
    return this.shop.issues()[0];
  }
}

/** A door whose waits take no time, but move the clock of the server. */
export function openDoor(fake: FakeGitHub, limits: Partial<GitHubLimits> = {}): GitHub {
  return openGitHub({
    apiUrl: fake.apiUrl,
    graphqlUrl: fake.graphqlUrl,
    repository: 'acme/shop',
    token: fake.workflowToken(),
    clock: fake.clock,
    pause: (ms) => Promise.resolve(fake.clock.advance(ms)),
    userAgent: 'cortex-test',
    limits: { writeSpacingMs: 0, ...limits },
  });
}
