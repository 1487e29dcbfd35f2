#!/bin/sh
# The command line as the service runs: its user, configuration, secrets and data. For root, or by sudo:
#   install -m 755 deploy/notifier.sh /usr/local/bin/notifier
# What root writes there by itself the service could not read. Files are named by whole paths.
exec systemd-run --quiet --collect --wait --pipe --uid=notifier --gid=notifier \
    --working-directory=/var/lib/notifier --property=EnvironmentFile=-/etc/notifier/secrets --property=UMask=0077 \
    --setenv=LOGNAME="${SUDO_USER:-$(id -un)}" \
    /opt/notifier/.venv/bin/notifier --config /etc/notifier/config.toml --data /var/lib/notifier "$@"
