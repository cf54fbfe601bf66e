import { toolchainTest } from "./toolchain.ts";

toolchainTest("sh runs pipelines, jobs, traps and here-documents", {
  needs: ["sh", "sort", "find", "xargs", "sed", "awk"],
  script: `
    seq 1 1000 | sort -rn | head -3 | paste -sd,
    yes | head -2 | wc -l
    cat <<END | sed s/a/b/
a
END
    (sleep 0; exit 3) & wait $! || echo "job $?"
    mkfifo pipe
    echo through a fifo > pipe & cat pipe
    trap 'echo trapped' EXIT
    for n in 1 2 3; do echo $n > "file $n"; done
    find . -name 'file *' -print0 | xargs -0 -P 2 -n 1 cat | sort | paste -sd+
    sed -i s/1/one/ 'file 1'
    awk '{ print toupper($0) }' 'file 1'
    ulimit -c
    kill -0 $$ && echo "$(echo nested)" "\${HOME-no home}"
    echo to stderr >&2 2>/dev/stderr
    timeout 1 sleep 9 || echo "timeout $?"
  `,
  prints: `1000,999,998
2
b
job 3
through a fifo
1+2+3
ONE
0
nested no home
timeout 124
trapped
`,
});

toolchainTest("tar, gzip and their kin pack and unpack", {
  needs: ["tar", "gzip", "sha256sum"],
  script: `
    mkdir -p in/deep out
    echo one > in/one
    echo two > in/deep/two
    ln -s one in/link
    ln in/one in/hard
    chmod 750 in/deep
    tar -czf packed.tgz in
    tar -tzf packed.tgz | wc -l
    tar -xzf packed.tgz -C out
    readlink out/in/link
    stat -c '%h %a' out/in/one out/in/deep
    tar -cf - in | gzip -9 | gunzip | tar -xOf - in/deep/two
    (cd in && sha256sum one) | (cd out/in && sha256sum -c -)
  `,
  prints: "6\none\n2 644\n2 750\ntwo\none: OK\n",
});

toolchainTest("perl forks, pipes, reads files and matches", {
  needs: ["perl"],
  files: {
    "main.pl": `use strict;
use warnings;
use Socket;
use File::Temp qw(tempfile);

my ($out, $name) = tempfile();
print $out "one two\\n" x 3;
close $out;
open my $in, "<", $name or die $!;
my $words = 0;
$words += () = /\\w+/g while <$in>;
print "words $words\\n";
print "child ", scalar qx(echo said);
socketpair(my $here, my $there, AF_UNIX, SOCK_STREAM, PF_UNSPEC) or die $!;
my $pid = fork // die $!;
if (!$pid) {
    close $here;
    syswrite $there, "from the child\\n";
    exit 4;
}
close $there;
print scalar <$here>;
waitpid $pid, 0;
print "code ", $? >> 8, "\\n";
local $SIG{ALRM} = sub { die "alarm\\n" };
eval { alarm 1; select undef, undef, undef, 10; };
print $@;
`,
  },
  script: "perl -c main.pl 2> check.log && perl main.pl",
  prints: "words 6\nchild said\nfrom the child\ncode 4\nalarm\n",
});
