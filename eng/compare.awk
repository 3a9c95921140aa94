# Turns what eng/compare measured (case, tool, wall, user, system, KiB, bytes, tab-separated) into two Markdown tables.

function key(group, tool) { return group SUBSEP tool }

# The median of the values noted under a name, or of two names' ratio.
function median(name,    n, i, j, v, sorted) {
  n = count[name]
  for (i = 1; i <= n; i++) {
    v = value[name, i]
    for (j = i - 1; j >= 1 && sorted[j] > v; j--) sorted[j + 1] = sorted[j]
    sorted[j + 1] = v
  }
  return n % 2 ? sorted[(n + 1) / 2] : (sorted[n / 2] + sorted[n / 2 + 1]) / 2
}

function note(name, v) {
  value[name, ++count[name]] = v
  if (count[name] == 1 || v < least[name]) least[name] = v
  if (count[name] == 1 || v > most[name]) most[name] = v
}

function wall(group, tool) { return count["wall" SUBSEP key(group, tool)] ? median("wall" SUBSEP key(group, tool)) : 0 }
function cpu(group, tool) { return count["cpu" SUBSEP key(group, tool)] ? median("cpu" SUBSEP key(group, tool)) : 0 }
function longer(a, b) { return a > b ? a : b }
function ratio(a, b) { return a && b ? sprintf("%.2f", a / b) : "" }

function verdict(what, measured, must, aim, unit, at_least,    holds) {
  if (measured == "") return
  holds = at_least ? measured + 0 >= must + 0 : measured + 0 <= must + 0
  printf "| %s | %s%s | %s %s | %s | %s |\n", what, measured, unit, at_least ? "≥" : "≤", must, aim == "" ? "" : (at_least ? "≥ " : "≤ ") aim,
    !holds ? "**no**" : aim == "" || (at_least ? measured + 0 >= aim + 0 : measured + 0 <= aim + 0) ? "yes" : "yes, short of the aim"
}

# Reads the summary of strace -c. pwritev, which writes several buffers at once, counts as one pwrite64.
function read_calls(    line, field, n, counted) {
  while ((getline line < strace) > 0) {
    n = split(line, field, " ")
    if (field[1] !~ /^[0-9.]+$/ || field[n] == "total") continue
    calls[field[n]] = field[4]
    counted = 1
  }
  if (counted) writes = calls["pwrite64"] + calls["pwritev"] + calls["pwritev2"]
}

{
  id = key($1, $2)
  if (!(id in seen)) { seen[id] = 1; order[++tools] = id; group_of[id] = $1; tool_of[id] = $2 }
  note("wall" SUBSEP id, $3)
  note("cpu" SUBSEP id, $4 + $5)
  note("memory" SUBSEP id, $6 * 1024 / 1e6)
  bytes[id] = $7
  if ($2 ~ /^mlhub assets/) assets_peak = longer(assets_peak, $6 * 1024 / 1e6)
  else if ($2 ~ /^mlhub/ && $2 !~ /JIT/) peak = longer(peak, $6 * 1024 / 1e6)
}

END {
  print "| case | command | wall, s | least–most | CPU-s per GiB | peak, MB | ÷ aria2c | ÷ curl | ÷ cp | ÷ dd fsync | ÷ md5sum |"
  print "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
  for (i = 1; i <= tools; i++) {
    id = order[i]; group = group_of[id]; if (group == "growth") continue; w = median("wall" SUBSEP id); c = median("cpu" SUBSEP id)
    over = group == "tls" ? ", TLS" : ""
    aria = group == "limited" ? "aria2c -x16 -s16, limited" : "aria2c -x8 -s8" over
    printf "| %s | `%s` | %.3f | %.3f–%.3f | %s | %.0f | %s | %s | %s | %s | %s |\n", group, tool_of[id], w, least["wall" SUBSEP id], most["wall" SUBSEP id],
      bytes[id] ? sprintf("%.2f", c / (bytes[id] / 1073741824)) : sprintf("(%.3f s)", c), median("memory" SUBSEP id),
      ratio(w, wall(group, aria)), ratio(w, wall(group, "curl" over)), ratio(w, wall(group, "cp")), ratio(w, wall(group, "dd conv=fsync")), ratio(w, wall(group, "md5sum"))
  }

  if (wall("growth", "10000 assets, first")) {
    print "\n| assets | catalogue to database, filtered, with STAC files: wall, s | CPU, s | peak, MB | the same again: wall, s | database, MB |"
    print "|--:|--:|--:|--:|--:|--:|"
    while ((getline line < databases) > 0) {
      split(line, field, "\t")
      name = field[2] " assets, first"
      printf "| %d | %.2f | %.2f | %.0f | %.2f | %.1f |\n", field[2], wall("growth", name), cpu("growth", name), median("memory" SUBSEP key("growth", name)), wall("growth", field[2] " assets, again"), field[3] / 1e6
      counts = counts (counts ? ", " : "") "\"" field[2] "\""
      first = first (first ? ", " : "") sprintf("%.2f", wall("growth", name))
      again = again (again ? ", " : "") sprintf("%.2f", wall("growth", field[2] " assets, again"))
    }
    print "\n```mermaid\nxychart-beta\n    title \"The first time (bars) and again (line)\"\n    x-axis \"assets\" [" counts "]\n    y-axis \"seconds\"\n    bar [" first "]\n    line [" again "]\n```"
  }

  fast = wall("whole", "mlhub --no-fsync")
  print "\n| what | measured | must | aim | holds |"
  print "|---|--:|--:|--:|---|"
  verdict("no limit, `--no-fsync`: wall ÷ `aria2c -x8 -s8`", ratio(fast, wall("whole", "aria2c -x8 -s8")), 0.45)
  verdict("the same: wall ÷ `curl`", ratio(fast, wall("whole", "curl")), 0.65, 0.45)
  if (wall("whole", "cp")) printf "| the same: wall ÷ `cp` | %s | | ≤ 1.5 | %s |\n", ratio(fast, wall("whole", "cp")), ratio(fast, wall("whole", "cp")) <= 1.5 ? "yes" : "short of the aim"
  verdict("the same: CPU ÷ `curl`", ratio(cpu("whole", "mlhub --no-fsync"), cpu("whole", "curl")), 0.95, "0.70")
  verdict("the same: wall ÷ the JIT build", ratio(fast, wall("whole", "mlhub --no-fsync, JIT")), "1.00", "0.90")
  verdict("the same: CPU ÷ the JIT build", ratio(cpu("whole", "mlhub --no-fsync"), cpu("whole", "mlhub --no-fsync, JIT")), "1.00", "0.90")
  verdict("with flushing: wall ÷ the longer of that and `dd conv=fsync`", ratio(wall("whole", "mlhub"), longer(fast, wall("whole", "dd conv=fsync"))), 1.25, 1.05)
  verdict("with Content-MD5: wall ÷ the longer of `md5sum` and that without", ratio(wall("whole", "mlhub --no-fsync, Content-MD5"), longer(fast, wall("whole", "md5sum"))), "1.20", "1.10")
  verdict("over TLS, `--no-fsync`: wall ÷ `curl`", ratio(wall("tls", "mlhub --no-fsync, TLS"), wall("tls", "curl, TLS")), 0.85, "0.70")
  verdict("the same: wall ÷ `aria2c -x8 -s8`", ratio(wall("tls", "mlhub --no-fsync, TLS"), wall("tls", "aria2c -x8 -s8, TLS")), "0.50")
  verdict("the same: CPU ÷ `curl`", ratio(cpu("tls", "mlhub --no-fsync, TLS"), cpu("tls", "curl, TLS")), "1.00", 0.85)
  read_calls()
  verdict("256 MiB over TLS: `pwrite64` and `pwritev` calls", writes, 2500, 1100)
  if (writes != "") printf "| the same: `fstat` and `recvfrom` calls | %d and %d | | | |\n", calls["fstat"] + calls["newfstatat"], calls["recvfrom"] + calls["recvmsg"]
  if (calls_note != "") print "| 256 MiB over TLS: `pwrite64` and `pwritev` calls | " calls_note " | | | |"
  if (tls_note != "") print "| over TLS | " tls_note " | | | |"
  verdict("limited by connection: speed ÷ `aria2c -x16 -s16`", ratio(wall("limited", "aria2c -x16 -s16, limited"), wall("limited", "mlhub, limited")), "0.90", "1.00", "", 1)
  verdict("peak memory of all runs of `mlhub`, MB", peak ? sprintf("%.0f", peak) : "", 40)
  verdict("peak memory of all runs of `mlhub assets`, MB", assets_peak ? sprintf("%.0f", assets_peak) : "", 120, 80)
  verdict("size of the native file, MB", sprintf("%.1f", size / 1e6), 30, 18)
  if (wall("nothing", "mlhub, nothing to do")) {
    verdict("nothing to do: ms", sprintf("%.0f", 1000 * wall("nothing", "mlhub, nothing to do")), 150)
    verdict("the same: wall ÷ `curl -I`", ratio(wall("nothing", "mlhub, nothing to do"), wall("nothing", "curl -I")), "3.00", "2.00")
    verdict("nothing to do: requests", requests, 1)
  }
  verdict("`mlhub --version`: wall ÷ `python3 -c pass`", ratio(wall("start", "mlhub --version"), wall("start", "python3 -c pass")), "1.20", "0.80")
  verdict("`mlhub --sandbox datasets list`: wall ÷ `python3 -c 'import json, http.client'`", ratio(wall("start", "mlhub --sandbox datasets list"), wall("start", "python3 -c import json, http.client")), "2.50", "1.50")
  verdict("one big file from `MlHub.Server`, taken by `curl`: throughput ÷ nginx", ratio(wall("serve", "nginx"), wall("serve", "MlHub.Server")), "0.80", "", "", 1)
  verdict("the same: CPU of the server ÷ nginx", ratio(cpu("serve", "MlHub.Server"), cpu("serve", "nginx")), "1.50")
  if (serve_note != "") print "| one big file from `MlHub.Server` | " serve_note " | | | |"
  verdict("small files: rate ÷ `curl -Z --parallel-max 32`", ratio(wall("assets", "curl -Z --parallel-max 32"), wall("assets", "mlhub assets download")), 0.85, "1.20", "", 1)
  verdict("the same: rate ÷ `aria2c -j32`", ratio(wall("assets", "aria2c -j32"), wall("assets", "mlhub assets download")), "2.50", "4.00", "", 1)
  verdict("the same: CPU ÷ `curl -Z --parallel-max 32`", ratio(cpu("assets", "mlhub assets download"), cpu("assets", "curl -Z --parallel-max 32")), "2.00", "1.30")
  verdict("each response 50 ms late: rate ÷ `curl -Z --parallel-max 256`", ratio(wall("late", "curl -Z --parallel-max 256"), wall("late", "mlhub assets download, late")), "0.90", "1.10", "", 1)
  if (wall("again", "mlhub assets download, again")) {
    verdict("small files, nothing to do: s", sprintf("%.2f", wall("again", "mlhub assets download, again")), "1.00", "0.40")
    verdict("the same: requests for assets", asset_requests, 0)
    verdict("catalogue to database: wall ÷ `gzip -dc \\| tar -t`", ratio(wall("catalogue", "mlhub assets list, catalogue"), wall("catalogue", "gzip -dc | tar -t")), "3.00", "1.50")
    verdict("the same database, filter by box and time: s", sprintf("%.2f", wall("catalogue", "mlhub assets list, filter")), "1.00", "0.30")
  }
  if (wall("sparse", "mlhub --no-fsync, sparse")) {
    while ((getline size < journals) > 0) biggest = longer(biggest, size)
    split(journal_share, share, " ")
    verdict("big sparse file: peak memory, MB", sprintf("%.0f", median("memory" SUBSEP key("sparse", "mlhub --no-fsync, sparse"))), 70, 55)
    verdict("big sparse file: biggest journal, KiB (written " share[1] " times)", sprintf("%.0f", biggest / 1024), 4096)
    verdict("big sparse file: time that writing the journal took, % of wall", share[2], "2.00")
  }
  if (sparse_note != "") print "| big sparse file | " sparse_note " | | | |"
}
