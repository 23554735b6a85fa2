#!/usr/bin/env bash
# The hygiene audit from cron: what changed since the last run on most days, the whole queue on Mondays.
#
#   30 6 * * 1-5  SUPPORTCTL_PROFILE=prod /usr/local/lib/supportctl/audit.sh
#
# cron mails what is printed, so nothing is printed on a day without findings. The page to forward is audit.html.
# HYGIENE_DIR: where reports, baseline and state are (~/hygiene); HYGIENE_QUERY: which tickets (is:unresolved);
# HYGIENE_FAIL_ON: what is worth a mail (high); HYGIENE_WHOLE: the day the whole queue is read (1 is Monday).
set -u -o pipefail

dir=${HYGIENE_DIR:-$HOME/hygiene}
query=${HYGIENE_QUERY:-is:unresolved}
mkdir -p "$dir"

options=(--fail-on "${HYGIENE_FAIL_ON:-high}" --no-input --quiet --format plain --state "$dir/state.json")
options+=(-o "html=$dir/audit.html" -o "csv=$dir/audit.csv" -o "markdown=$dir/audit.md")
if [ -e "$dir/baseline.json" ]; then options+=(--baseline "$dir/baseline.json"); fi
if [ "$(date +%u)" != "${HYGIENE_WHOLE:-1}" ]; then options+=(--since last-run); fi

findings=$(supportctl audit "${options[@]}" -- "$query")
code=$?
case $code in
  0) ;;
  1) printf '%s\n\n%s\n' "$findings" "The whole report: $dir/audit.html" ;;
  5) echo "the platform did not answer; the next run reads what this one missed" >&2 ;;
  *) printf '%s\n' "$findings"; echo "the audit ended with exit code $code" >&2 ;;
esac
exit "$code"
