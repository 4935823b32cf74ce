/** A well-known shape of a credential. Data only; `secret-formats.ts` finds them. */
export interface SecretFormat {
  readonly id: string;
  readonly title: string;
  readonly severity: 'critical' | 'high' | 'medium' | 'low';
  /** The pattern is tried only on text that holds one of these (case counts). */
  readonly keywords: readonly string[];
  /** Runs in linear time. The secret is the group `secret`, or the whole match where there is none. */
  readonly pattern: RegExp;
  /** Least Shannon entropy of the secret, in bits per character; the general floor when absent. */
  readonly minEntropy?: number;
}

/**
 * Where a token may begin: not in the middle of a word, but right after an escape of JSON (`\n`, a `\u` quadruple)
 * or of a URL (`%3D`), whose last character looks like one of a word.
 */
const begin = String.raw`(?:(?<![A-Za-z0-9])|(?<=\\[nrtbf]|\\u[0-9A-Fa-f]{4}|%[0-9A-Fa-f]{2}))`;
const end = String.raw`(?![A-Za-z0-9])`;
/** What may stand between the name of a setting and its value. */
const assign = String.raw`[\s"'\\:=>,]{1,20}`;

function token(body: string): RegExp {
  return new RegExp(`${begin}(?:${body})${end}`, 'gd');
}

/** A value that has no shape of its own: only the name before it tells. */
function named(name: string, body: string): RegExp {
  return new RegExp(`(?:${name})${assign}(?<secret>${body})(?![A-Za-z0-9+/=])`, 'gdi');
}

/** A PEM block: header, then lines of base64 or of `Name: value`; the end may be cut off. */
const pemBody = String.raw`(?:[A-Za-z0-9+/=\s:,.()]|\\[nr]|-(?!----)){40,20000}`;
const pemBlock = `-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----${pemBody}(?:-----END [A-Z0-9 ]{0,60}-----)?`;

/**
 * The table, most specific first: of two formats that match the same text, the earlier one is reported. Shapes are
 * those that the issuers document for their credentials.
 */
// prettier-ignore
export const secretFormats: readonly SecretFormat[] = [
  { id: 'gcp-service-account-key', title: 'Google Cloud service-account key', severity: 'critical', keywords: ['private_key"'], pattern: new RegExp(String.raw`"private_key\\?"\s{0,10}:\s{0,10}\\?"(?<secret>${pemBlock})`, 'gd') },
  { id: 'private-key', title: 'Private key', severity: 'critical', keywords: ['PRIVATE KEY'], pattern: new RegExp(pemBlock, 'gd') },
  { id: 'github-personal-token', title: 'GitHub personal access token', severity: 'critical', keywords: ['ghp_'], pattern: token('ghp_[A-Za-z0-9]{36,251}') },
  { id: 'github-fine-grained-token', title: 'GitHub fine-grained personal access token', severity: 'critical', keywords: ['github_pat_'], pattern: token('github_pat_[A-Za-z0-9]{22}_[A-Za-z0-9]{59}') },
  { id: 'github-oauth-token', title: 'GitHub OAuth access token', severity: 'critical', keywords: ['gho_'], pattern: token('gho_[A-Za-z0-9]{36,251}') },
  { id: 'github-app-token', title: 'GitHub App token', severity: 'critical', keywords: ['ghu_', 'ghs_'], pattern: token('gh[us]_[A-Za-z0-9]{36,251}') },
  { id: 'github-refresh-token', title: 'GitHub refresh token', severity: 'critical', keywords: ['ghr_'], pattern: token('ghr_[A-Za-z0-9]{36,251}') },
  { id: 'gitlab-token', title: 'GitLab token', severity: 'critical', keywords: ['glpat-', 'gldt-', 'glrt-', 'glcbt-', 'glptt-', 'glft-', 'glimt-', 'glagent-', 'gloas-', 'glsoat-'], pattern: token(String.raw`gl(?:pat|dt|rt|cbt|ptt|ft|imt|agent|oas|soat)-[A-Za-z0-9_-]{20,300}(?:\.[0-9a-z]{2}\.[0-9a-z]{9})?`) },
  { id: 'aws-access-key-id', title: 'AWS access key id', severity: 'high', keywords: ['AKIA', 'ASIA', 'ABIA', 'ACCA'], pattern: token('A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}') },
  { id: 'aws-secret-access-key', title: 'AWS secret access key', severity: 'critical', keywords: ['SECRET', 'secret', 'Secret'], pattern: named('aws_?secret_?(?:access_?)?key|secret_?access_?key', '[A-Za-z0-9+/]{40}'), minEntropy: 3.8 },
  { id: 'gcp-api-key', title: 'Google API key', severity: 'high', keywords: ['AIza'], pattern: token('AIza[A-Za-z0-9_-]{35}') },
  { id: 'gcp-oauth-client-secret', title: 'Google OAuth client secret', severity: 'critical', keywords: ['GOCSPX-'], pattern: token('GOCSPX-[A-Za-z0-9_-]{28}') },
  { id: 'gcp-access-token', title: 'Google access token', severity: 'high', keywords: ['ya29.'], pattern: token(String.raw`ya29\.[A-Za-z0-9_-]{30,500}`) },
  { id: 'slack-webhook', title: 'Slack webhook', severity: 'high', keywords: ['hooks.slack.com'], pattern: /https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/[A-Za-z0-9]{6,20}\/[A-Za-z0-9]{6,30}\/[A-Za-z0-9]{16,60}/gd },
  { id: 'slack-app-token', title: 'Slack app-level token', severity: 'critical', keywords: ['xapp-'], pattern: token('xapp-[0-9]-[A-Z0-9]{8,20}-[0-9]{8,20}-[a-z0-9]{32,128}') },
  { id: 'slack-token', title: 'Slack token', severity: 'critical', keywords: ['xox'], pattern: token('xox[abeoprs]-(?:[0-9]{1,14}-){0,4}[A-Za-z0-9-]{20,200}') },
  { id: 'stripe-secret-key', title: 'Stripe secret key', severity: 'critical', keywords: ['sk_live_', 'rk_live_'], pattern: token('[sr]k_live_[A-Za-z0-9]{16,200}') },
  { id: 'stripe-test-key', title: 'Stripe test key', severity: 'low', keywords: ['sk_test_', 'rk_test_'], pattern: token('[sr]k_test_[A-Za-z0-9]{16,200}') },
  { id: 'stripe-webhook-secret', title: 'Stripe webhook signing secret', severity: 'high', keywords: ['whsec_'], pattern: token('whsec_[A-Za-z0-9+/]{32,64}') },
  { id: 'anthropic-api-key', title: 'Anthropic API key', severity: 'critical', keywords: ['sk-ant-'], pattern: token('sk-ant-[a-z]{2,8}[0-9]{2}-[A-Za-z0-9_-]{32,200}') },
  { id: 'openai-project-key', title: 'OpenAI API key', severity: 'critical', keywords: ['sk-proj-', 'sk-svcacct-', 'sk-admin-'], pattern: token('sk-(?:proj|svcacct|admin)-[A-Za-z0-9_-]{32,250}') },
  { id: 'openai-api-key', title: 'OpenAI API key of the older form', severity: 'critical', keywords: ['sk-'], pattern: token('sk-[A-Za-z0-9]{48}') },
  { id: 'openrouter-api-key', title: 'OpenRouter API key', severity: 'high', keywords: ['sk-or-v1-'], pattern: token('sk-or-v1-[a-f0-9]{64}') },
  { id: 'groq-api-key', title: 'Groq API key', severity: 'high', keywords: ['gsk_'], pattern: token('gsk_[A-Za-z0-9]{52}') },
  { id: 'replicate-token', title: 'Replicate API token', severity: 'high', keywords: ['r8_'], pattern: token('r8_[A-Za-z0-9]{37}') },
  { id: 'hugging-face-token', title: 'Hugging Face token', severity: 'high', keywords: ['hf_'], pattern: token('hf_[A-Za-z0-9]{34,40}') },
  { id: 'npm-token', title: 'npm access token', severity: 'critical', keywords: ['npm_'], pattern: token('npm_[A-Za-z0-9]{36}') },
  { id: 'pypi-token', title: 'PyPI upload token', severity: 'critical', keywords: ['pypi-AgEI'], pattern: token('pypi-AgEI[A-Za-z0-9_-]{50,1000}') },
  { id: 'rubygems-token', title: 'RubyGems API key', severity: 'critical', keywords: ['rubygems_'], pattern: token('rubygems_[a-f0-9]{48}') },
  { id: 'nuget-api-key', title: 'NuGet API key', severity: 'critical', keywords: ['oy2'], pattern: token('oy2[a-z0-9]{43}') },
  { id: 'docker-hub-token', title: 'Docker Hub access token', severity: 'critical', keywords: ['dckr_pat_', 'dckr_oat_'], pattern: token('dckr_[po]at_[A-Za-z0-9_-]{27,40}') },
  { id: 'artifactory-api-key', title: 'Artifactory API key', severity: 'high', keywords: ['AKCp'], pattern: token('AKCp[A-Za-z0-9]{69}') },
  { id: 'digitalocean-token', title: 'DigitalOcean token', severity: 'critical', keywords: ['_v1_'], pattern: token('do[opr]_v1_[a-f0-9]{64}') },
  { id: 'azure-storage-key', title: 'Azure storage account key', severity: 'critical', keywords: ['AccountKey'], pattern: /AccountKey=(?<secret>[A-Za-z0-9+/]{86}==)/gd },
  { id: 'azure-shared-access-key', title: 'Azure shared access key', severity: 'critical', keywords: ['SharedAccessKey='], pattern: /SharedAccessKey=(?<secret>[A-Za-z0-9+/]{43}=)/gd },
  { id: 'azure-client-secret', title: 'Azure application client secret', severity: 'critical', keywords: ['Q~'], pattern: token('[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}') },
  { id: 'vault-token', title: 'HashiCorp Vault token', severity: 'critical', keywords: ['hvs.', 'hvb.', 'hvr.'], pattern: token(String.raw`hv[sbr]\.[A-Za-z0-9_-]{24,300}`) },
  { id: 'terraform-cloud-token', title: 'Terraform Cloud token', severity: 'critical', keywords: ['.atlasv1.'], pattern: token(String.raw`[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_=-]{60,70}`) },
  { id: 'pulumi-token', title: 'Pulumi access token', severity: 'high', keywords: ['pul-'], pattern: token('pul-[a-f0-9]{40}') },
  { id: 'doppler-token', title: 'Doppler token', severity: 'critical', keywords: ['dp.'], pattern: token(String.raw`dp\.(?:pt|st|sa|ct|scim|audit)\.(?:[a-z0-9_-]{2,40}\.)?[A-Za-z0-9]{40,44}`) },
  { id: 'age-secret-key', title: 'age secret key', severity: 'critical', keywords: ['AGE-SECRET-KEY-1'], pattern: token('AGE-SECRET-KEY-1[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}') },
  { id: 'sendgrid-api-key', title: 'SendGrid API key', severity: 'critical', keywords: ['SG.'], pattern: token(String.raw`SG\.[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}`) },
  { id: 'brevo-api-key', title: 'Brevo API key', severity: 'high', keywords: ['xkeysib-'], pattern: token('xkeysib-[a-f0-9]{64}-[A-Za-z0-9]{16}') },
  { id: 'mailgun-api-key', title: 'Mailgun API key', severity: 'high', keywords: ['key-'], pattern: token('key-[a-f0-9]{32}') },
  { id: 'mailchimp-api-key', title: 'Mailchimp API key', severity: 'high', keywords: ['-us'], pattern: token('[a-f0-9]{32}-us[0-9]{1,2}') },
  { id: 'twilio-api-key', title: 'Twilio API key', severity: 'high', keywords: ['SK'], pattern: token('SK[a-f0-9]{32}') },
  { id: 'twilio-auth-token', title: 'Twilio auth token', severity: 'critical', keywords: ['twilio', 'TWILIO', 'Twilio'], pattern: named('twilio[a-z_-]{0,20}token', '[a-f0-9]{32}') },
  { id: 'telegram-bot-token', title: 'Telegram bot token', severity: 'high', keywords: [':AA'], pattern: token('[0-9]{8,10}:AA[A-Za-z0-9_-]{33}') },
  { id: 'discord-webhook', title: 'Discord webhook', severity: 'high', keywords: ['/webhooks/'], pattern: /https:\/\/(?:ptb\.|canary\.)?discord(?:app)?\.com\/api\/(?:v[0-9]{1,2}\/)?webhooks\/[0-9]{17,20}\/[A-Za-z0-9_-]{60,80}/gd },
  { id: 'discord-bot-token', title: 'Discord bot token', severity: 'high', keywords: ['discord', 'DISCORD', 'Discord'], pattern: token(String.raw`[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}`) },
  { id: 'teams-webhook', title: 'Microsoft Teams webhook', severity: 'medium', keywords: ['.webhook.office.com'], pattern: /https:\/\/[a-z0-9-]{1,60}\.webhook\.office\.com\/webhookb2\/[a-f0-9@-]{36,80}\/IncomingWebhook\/[a-f0-9]{32}\/[a-f0-9-]{36}/gd },
  { id: 'databricks-token', title: 'Databricks token', severity: 'critical', keywords: ['dapi'], pattern: token('dapi[a-f0-9]{32}(?:-[0-9])?') },
  { id: 'grafana-service-account-token', title: 'Grafana service-account token', severity: 'high', keywords: ['glsa_'], pattern: token('glsa_[A-Za-z0-9]{32}_[a-f0-9]{8}') },
  { id: 'grafana-cloud-token', title: 'Grafana Cloud token', severity: 'high', keywords: ['glc_eyJ'], pattern: token('glc_eyJ[A-Za-z0-9+/]{60,400}') },
  { id: 'new-relic-user-key', title: 'New Relic user key', severity: 'high', keywords: ['NRAK-'], pattern: token('NRAK-[A-Z0-9]{27}') },
  { id: 'new-relic-license-key', title: 'New Relic license key', severity: 'medium', keywords: ['NRAL'], pattern: token('[a-f0-9]{36}NRAL') },
  { id: 'dynatrace-token', title: 'Dynatrace token', severity: 'high', keywords: ['dt0c01.'], pattern: token(String.raw`dt0c01\.[A-Z0-9]{24}\.[A-Z0-9]{64}`) },
  { id: 'sentry-token', title: 'Sentry token', severity: 'high', keywords: ['sntryu_', 'sntrys_'], pattern: token('sntryu_[a-f0-9]{64}|sntrys_eyJ[A-Za-z0-9+/=_-]{60,400}') },
  { id: 'shopify-token', title: 'Shopify token', severity: 'critical', keywords: ['shpat_', 'shpca_', 'shppa_', 'shpss_'], pattern: token('shp(?:at|ca|pa|ss)_[A-Fa-f0-9]{32}') },
  { id: 'square-token', title: 'Square token', severity: 'critical', keywords: ['sq0', 'EAAA'], pattern: token('sq0atp-[A-Za-z0-9_-]{22}|sq0csp-[A-Za-z0-9_-]{43}|EAAA[A-Za-z0-9_-]{60}') },
  { id: 'heroku-api-key', title: 'Heroku API key', severity: 'critical', keywords: ['HRKU-'], pattern: token('HRKU-[A-Za-z0-9_-]{36,64}') },
  { id: 'planetscale-token', title: 'PlanetScale credential', severity: 'critical', keywords: ['pscale_'], pattern: token('pscale_(?:tkn|pw|oauth)_[A-Za-z0-9_.-]{32,64}') },
  { id: 'supabase-token', title: 'Supabase access token', severity: 'critical', keywords: ['sbp_'], pattern: token('sbp_[a-f0-9]{40}') },
  { id: 'tailscale-key', title: 'Tailscale key', severity: 'critical', keywords: ['tskey-'], pattern: token('tskey-[a-z]{2,12}-[A-Za-z0-9]{8,24}-[A-Za-z0-9]{20,48}') },
  { id: 'airtable-token', title: 'Airtable personal access token', severity: 'high', keywords: ['pat'], pattern: token(String.raw`pat[A-Za-z0-9]{14}\.[a-f0-9]{64}`) },
  { id: 'atlassian-api-token', title: 'Atlassian API token', severity: 'critical', keywords: ['ATATT3'], pattern: token('ATATT3[A-Za-z0-9_=-]{100,250}') },
  { id: 'linear-api-key', title: 'Linear API key', severity: 'high', keywords: ['lin_api_'], pattern: token('lin_api_[A-Za-z0-9]{40}') },
  { id: 'notion-token', title: 'Notion token', severity: 'high', keywords: ['ntn_'], pattern: token('ntn_[A-Za-z0-9]{40,50}') },
  { id: 'postman-api-key', title: 'Postman API key', severity: 'high', keywords: ['PMAK-'], pattern: token('PMAK-[a-f0-9]{24}-[a-f0-9]{34}') },
  { id: 'figma-token', title: 'Figma token', severity: 'medium', keywords: ['figd_'], pattern: token('figd_[A-Za-z0-9_-]{40}') },
  { id: 'basic-auth-url', title: 'Password in a URL', severity: 'high', keywords: ['://'], pattern: /:\/\/[^\s:/@"'`<>\\]{0,100}:(?<secret>[^\s:/@"'`<>\\]{4,200})@(?=[A-Za-z0-9[])/gd, minEntropy: 1.9 },
  { id: 'jwt', title: 'JSON Web Token', severity: 'medium', keywords: ['eyJ'], pattern: token(String.raw`eyJ[A-Za-z0-9_-]{8,500}\.eyJ[A-Za-z0-9_-]{8,6000}\.[A-Za-z0-9_-]{16,1000}`) },
];
