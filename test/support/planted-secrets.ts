import { createHash } from 'node:crypto';

/**
 * Text that looks random and is the same every time: the digits of a hash chain in an alphabet. Credentials of the
 * tests are assembled from it, so that none stands in a file.
 */
export function randomLike(length: number, alphabet: string, seed = 'seed'): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    const bytes = createHash('sha256').update(`${seed}:${alphabet}:${block}`).digest();
    text += [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
  }
  return text.slice(0, length);
}

const digits = '0123456789';
const hexadecimal = `${digits}abcdef`;
const upper = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const alphanumeric = `${upper}${upper.toLowerCase()}${digits}`;
const base32 = `${upper}234567`;
const base64 = `${alphanumeric}+/`;

const alnum = (length: number): string => randomLike(length, alphanumeric);
const hex = (length: number): string => randomLike(length, hexadecimal);
const number = (length: number): string => `7${randomLike(length - 1, digits)}`;
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A PEM block of `lines` full lines. */
export function pemBlock(label = 'PRIVATE KEY', lines = 4): string {
  const body = Array.from({ length: lines }, (_, line) => randomLike(64, base64, String(line)));
  return ['-----BEGIN ', label, '-----\n', body.join('\n'), '\n-----END ', label, '-----'].join('');
}

export interface PlantedSecret {
  readonly id: string;
  /** What must be found and masked. */
  readonly secret: string;
  /** A line that holds it. */
  readonly line: string;
}

function plain(id: string, ...parts: readonly string[]): PlantedSecret {
  const secret = parts.join('');
  return { id, secret, line: `credential: ${secret}` };
}

function within(id: string, ...[before, secret, after = '']: [string, string, string?]): PlantedSecret {
  return { id, secret, line: before + secret + after };
}

/** One credential of every known format, by the shape that its issuer documents. */
export function plantedSecrets(): readonly PlantedSecret[] {
  return [
    within('gcp-service-account-key', '{"private_key": "', pemBlock().replaceAll('\n', String.raw`\n`), '"}'),
    plain('private-key', pemBlock('RSA PRIVATE KEY')),
    plain('github-personal-token', 'gh', 'p_', alnum(36)),
    plain('github-fine-grained-token', 'github', '_pat_', alnum(22), '_', alnum(59)),
    plain('github-oauth-token', 'gh', 'o_', alnum(36)),
    plain('github-app-token', 'gh', 's_', alnum(36)),
    plain('github-refresh-token', 'gh', 'r_', alnum(36)),
    plain('gitlab-token', 'gl', 'pat-', alnum(20)),
    plain('aws-access-key-id', 'AK', 'IA', randomLike(16, base32)),
    within('aws-secret-access-key', 'aws_secret_access_key = ', randomLike(40, base64)),
    plain('gcp-api-key', 'AI', 'za', alnum(35)),
    plain('gcp-oauth-client-secret', 'GOC', 'SPX-', alnum(28)),
    plain('gcp-access-token', 'ya', '29.', alnum(60)),
    plain('slack-webhook', 'https://hooks.', 'slack.com/services/T', alnum(8), '/B', alnum(8), '/', alnum(24)),
    plain('slack-app-token', 'xa', 'pp-1-A', randomLike(10, upper), '-', number(13), '-', hex(64)),
    plain('slack-token', 'xo', 'xb-', number(12), '-', number(12), '-', alnum(24)),
    plain('stripe-secret-key', 'sk', '_live_', alnum(24)),
    plain('stripe-test-key', 'sk', '_test_', alnum(24)),
    plain('stripe-webhook-secret', 'wh', 'sec_', alnum(32)),
    plain('anthropic-api-key', 'sk-', 'ant-', 'api03-', alnum(93), 'AA'),
    plain('openai-project-key', 'sk-', 'proj-', alnum(120)),
    plain('openai-api-key', 'sk', '-', alnum(48)),
    plain('openrouter-api-key', 'sk-', 'or-v1-', hex(64)),
    plain('groq-api-key', 'gs', 'k_', alnum(52)),
    plain('replicate-token', 'r', '8_', alnum(37)),
    plain('hugging-face-token', 'h', 'f_', alnum(34)),
    plain('npm-token', 'np', 'm_', alnum(36)),
    plain('pypi-token', 'py', 'pi-', 'AgEI', 'cHlwaS5vcmc', alnum(120)),
    plain('rubygems-token', 'ruby', 'gems_', hex(48)),
    plain('nuget-api-key', 'oy', '2', randomLike(43, `${upper.toLowerCase()}${digits}`)),
    plain('docker-hub-token', 'dckr', '_pat_', alnum(27)),
    plain('artifactory-api-key', 'AK', 'Cp', alnum(69)),
    plain('digitalocean-token', 'do', 'p_v1_', hex(64)),
    within('azure-storage-key', 'AccountName=shop;AccountKey=', `${randomLike(86, base64)}==`, ';'),
    within('azure-shared-access-key', 'Endpoint=sb://a/;SharedAccessKey=', `${randomLike(43, base64)}=`),
    plain('azure-client-secret', alnum(3), '8', 'Q~', alnum(34)),
    plain('vault-token', 'hv', 's.', alnum(90)),
    plain('terraform-cloud-token', alnum(14), '.atlas', 'v1.', alnum(67)),
    plain('pulumi-token', 'pu', 'l-', hex(40)),
    plain('doppler-token', 'dp', '.pt.', alnum(43)),
    plain('age-secret-key', 'AGE-', 'SECRET-KEY-', '1', randomLike(58, 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L')),
    plain('sendgrid-api-key', 'S', 'G.', alnum(22), '.', alnum(43)),
    plain('brevo-api-key', 'xkey', 'sib-', hex(64), '-', alnum(16)),
    plain('mailgun-api-key', 'ke', 'y-', hex(32)),
    plain('mailchimp-api-key', hex(32), '-u', 's12'),
    plain('twilio-api-key', 'S', 'K', hex(32)),
    within('twilio-auth-token', 'TWILIO_AUTH_TOKEN=', hex(32)),
    plain('telegram-bot-token', number(10), ':A', 'A', alnum(33)),
    plain('discord-webhook', 'https://discord', '.com/api/webhooks/', number(18), '/', alnum(68)),
    within('discord-bot-token', 'DISCORD_TOKEN=', ['M', alnum(23), '.', alnum(6), '.', alnum(27)].join('')),
    plain(
      'teams-webhook',
      'https://shop.webhook',
      '.office.com/webhookb2/',
      [8, 4, 4, 4, 12].map(hex).join('-'),
      '/IncomingWebhook/',
      hex(32),
      '/',
      [8, 4, 4, 4, 12].map(hex).join('-'),
    ),
    plain('databricks-token', 'da', 'pi', hex(32)),
    plain('grafana-service-account-token', 'gl', 'sa_', alnum(32), '_', hex(8)),
    plain('grafana-cloud-token', 'gl', 'c_', 'eyJ', alnum(80)),
    plain('new-relic-user-key', 'NR', 'AK-', randomLike(27, `${upper}${digits}`)),
    plain('new-relic-license-key', hex(36), 'NR', 'AL'),
    plain('dynatrace-token', 'dt0', 'c01.', randomLike(24, base32), '.', randomLike(64, base32)),
    plain('sentry-token', 'sntr', 'yu_', hex(64)),
    plain('shopify-token', 'shp', 'at_', hex(32)),
    plain('square-token', 'sq0', 'atp-', alnum(22)),
    plain('heroku-api-key', 'HR', 'KU-', [8, 4, 4, 4, 12].map(hex).join('-')),
    plain('planetscale-token', 'psc', 'ale_pw_', alnum(43)),
    plain('supabase-token', 'sb', 'p_', hex(40)),
    plain('tailscale-key', 'ts', 'key-auth-', alnum(12), '-', alnum(32)),
    plain('airtable-token', 'pa', 't', alnum(14), '.', hex(64)),
    plain('atlassian-api-token', 'ATA', 'TT3', alnum(180)),
    plain('linear-api-key', 'lin', '_api_', alnum(40)),
    plain('notion-token', 'nt', 'n_', alnum(46)),
    plain('postman-api-key', 'PM', 'AK-', hex(24), '-', hex(34)),
    plain('figma-token', 'fig', 'd_', alnum(40)),
    within('basic-auth-url', 'postgres://shop:', alnum(16), '@db.internal:5432/shop'),
    plain('jwt', encoded({ alg: 'RS256', typ: 'JWT' }), '.', encoded({ sub: '4711' }), '.', alnum(86)),
  ];
}
