import type { Expert } from './expert.ts';

export const securityExpert: Expert = {
  master: 'security-master',
  expertise: 'Credentials, unsafe workflows and vulnerable dependencies',
  areas: ['security'],
  owns: ['scan-worker/secrets', 'scan-worker/workflows'],
  words: [
    'security',
    'secret',
    'credential',
    'vulnerability',
    'vulnerable',
    'cve',
    'injection',
    'permission',
    'exposure',
    'licence audit',
  ],
  mayUse: ['scan-worker', 'implementation-worker', 'analysis-worker', 'review-worker'],
  withoutTasks: 'It reports that nothing was asked of it; it scans nothing on its own account.',
  good: 'Every file was scanned or is named as unread; every finding has a rule, a place and a remedy.',
};
