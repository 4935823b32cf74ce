const clusterScoped: ReadonlySet<string> = new Set([
  '/Namespace',
  '/Node',
  '/PersistentVolume',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'apiextensions.k8s.io/CustomResourceDefinition',
  'apiregistration.k8s.io/APIService',
  'cert-manager.io/ClusterIssuer',
  'gateway.networking.k8s.io/GatewayClass',
  'networking.k8s.io/IngressClass',
  'node.k8s.io/RuntimeClass',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'scheduling.k8s.io/PriorityClass',
  'storage.k8s.io/CSIDriver',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/VolumeAttachment',
]);

/** True for the well-known kinds that belong to no namespace. */
export function isClusterScoped({ group, kind }: { readonly group: string; readonly kind: string }): boolean {
  return clusterScoped.has(`${group}/${kind}`);
}

const ownGroups: ReadonlySet<string> = new Set(['', 'apps', 'autoscaling', 'batch', 'extensions', 'policy']);
const foreignGroups = /^(?:kustomize\.config\.k8s\.io|(?:.*\.)?backstage\.io|kind\.x-k8s\.io)$/;

/** Kubernetes' own groups aside, a group is a DNS name: `skaffold/v3` and the like are other programs' documents. */
export function isObjectType(apiVersion: string, kind: string): boolean {
  if (!/^(?:[a-z0-9.-]{1,253}\/)?v\d{1,3}(?:(?:alpha|beta)\d{1,3})?$/.test(apiVersion)) return false;
  if (!/^[A-Z][A-Za-z0-9]{0,62}$/.test(kind)) return false;
  const group = groupOf(apiVersion);
  if (group === '' && kind === 'Config') return false;
  return ownGroups.has(group) || (group.includes('.') && !foreignGroups.test(group));
}

/** The API group of an apiVersion; empty for the core group. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash === -1 ? '' : apiVersion.slice(0, slash);
}
