/**
 * The AppArmor profile that lets csc, and no other program, use user
 * namespaces where the distribution forbids them to unconfined programs.
 *
 * @module
 */

/** The text of the profile for the csc at `path`. */
export function appArmorProfile(path: string): string {
  return `\
# Lets csc make user namespaces, which its sandboxes are built from. Everything
# else stays as it is for a program without a profile: what csc starts is
# confined by csc.
#
#   csc doctor --print-apparmor-profile | sudo tee /etc/apparmor.d/csc
#   sudo apparmor_parser --replace /etc/apparmor.d/csc

abi <abi/4.0>,

profile csc ${aaQuoted(path)} flags=(unconfined) {
  userns,
}
`;
}

/** A path as AppArmor reads it: quoted, its pattern characters taken literally. */
function aaQuoted(path: string): string {
  return `"${path.replace(/[\\"*?[\]{}^@]/g, "\\$&")}"`;
}
