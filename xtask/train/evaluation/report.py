"""Tables of an evaluation, as Markdown and JSON."""

import numpy as np

from evaluation.contenders import CEILING_DBTP, NAMES

COLUMNS = (
    ("spectrum_error_db", "spectrum error dB", 2),
    ("stft_distance", "MRSTFT", 3),
    ("centroid_error_hz", "centroid Hz", 0),
    ("crest_error_db", "crest dB", 2),
    ("plr_error_db", "PLR dB", 2),
    ("range_error_lu", "LRA LU", 2),
    ("loudness_error_lu", "loudness LU", 2),
    ("width_error_db", "width dB", 2),
    ("intervention_db", "moved dB", 2),
)
TIE_DB = 0.05
ROUNDING_DB = 0.001
"""A plain gain changes the spectrum error by less than this; what is below is no harm."""


def bootstrap(values, statistic=np.mean, draws=2000):
    """95 % interval of a statistic over the pieces."""
    values = np.asarray(values, dtype=float)
    if values.size == 0:
        return [float("nan")] * 2
    rng = np.random.default_rng(0)
    found = [statistic(values[rng.integers(0, values.size, values.size)]) for _ in range(draws)]
    return [float(x) for x in np.percentile(found, [2.5, 97.5])]


def column(items, who, name):
    """One metric of one contender over the items that it mastered."""
    return np.array([item["results"][who][name] for item in items if who in item["results"]])


def harm_rate(items, who, margin_db=ROUNDING_DB):
    """Share of items whose spectrum is further from the clean one than before."""
    pairs = [
        (item["results"][who]["spectrum_error_db"], item["results"]["A"]["spectrum_error_db"])
        for item in items
        if who in item["results"]
    ]
    return np.array([mine > before + margin_db for mine, before in pairs], dtype=float)


def duel(items, who, against):
    """Wins, ties and losses in spectrum error."""
    both = [i["results"] for i in items if who in i["results"] and against in i["results"]]
    less = np.array([r[against]["spectrum_error_db"] - r[who]["spectrum_error_db"] for r in both])
    return int((less > TIE_DB).sum()), int((np.abs(less) <= TIE_DB).sum()), int((less < -TIE_DB).sum())


def summary(items, contenders):
    """Everything that the tables show, as plain numbers."""
    degraded = [item for item in items if item["degradation"] != "untouched"]
    good = [item for item in items if item["degradation"] == "untouched"]
    groups = {
        "degraded": degraded,
        "in_family": [i for i in degraded if i["in_family"]],
        "held_out": [i for i in degraded if not i["in_family"]],
    }
    found = {"items": len(items), "degraded": len(degraded), "good": len(good), "contenders": {}}
    for who in contenders:
        of = {"name": NAMES[who], "count": len(column(items, who, "spectrum_error_db"))}
        for group, members in groups.items():
            values = column(members, who, "spectrum_error_db")
            of[f"{group}_spectrum_error_db"] = float(values.mean()) if values.size else None
            of[f"{group}_spectrum_error_interval_db"] = bootstrap(values)
        of.update({name: float(column(degraded, who, name).mean()) for name, _, _ in COLUMNS})
        rate = harm_rate(degraded, who)
        of["harm_rate"], of["harm_rate_interval"] = float(rate.mean()), bootstrap(rate)
        of["harm_rate_0.1_db"] = float(harm_rate(degraded, who, 0.1).mean())
        of["over_ceiling"] = float((column(items, who, "true_peak_db") > CEILING_DBTP + 0.05).mean())
        of["largest_loudness_error_lu"] = float(column(items, who, "loudness_error_lu").max())
        largest = column(good, who, "largest_intervention_db")
        # E takes no part in untouched pieces, which would be their own reference.
        if largest.size:
            of["good_response_median_db"] = float(np.median(largest))
            of["good_response_p95_db"] = float(np.percentile(largest, 95))
            moves = [i["results"][who]["largest_move_db"] for i in good if "largest_move_db" in i["results"].get(who, {})]
            if moves:
                of["good_move_median_db"] = float(np.median(moves))
                of["good_move_p95_db"] = float(np.percentile(moves, 95))
        found["contenders"][who] = of
    for who, against in (("D", "A"), ("D", "C"), ("C", "A"), ("P", "A"), ("N", "A"), ("D", "E"), ("D", "F")):
        if who in contenders and against in contenders:
            found[f"{who}_against_{against}"] = dict(zip(("wins", "ties", "losses"), duel(degraded, who, against)))
            pairs = [i["results"] for i in degraded if who in i["results"] and against in i["results"]]
            mine, theirs = (np.array([r[w]["spectrum_error_db"] for r in pairs]) for w in (who, against))
            both = np.stack([mine, theirs], axis=1)
            rng = np.random.default_rng(0)
            draws = [both[rng.integers(0, len(both), len(both))].mean(axis=0) for _ in range(2000)]
            ratios = [1 - a / b for a, b in draws]
            found[f"{who}_below_{against}"] = {
                "share": float(1 - mine.mean() / theirs.mean()),
                "interval": [float(x) for x in np.percentile(ratios, [2.5, 97.5])],
            }
    return found


def _table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "| " + " | ".join("---" for _ in head) + " |"]
    return lines + ["| " + " | ".join(row) + " |" for row in rows]


def _number(value, digits=2):
    return "–" if value is None or value != value else f"{value:.{digits}f}"


def markdown(items, found, contenders):
    """The report for people."""
    of = found["contenders"]
    lines = [
        "# Evaluation of adaptive mastering",
        "",
        f"{found['items']} synthetic pieces of 20 s of family B, which training never saw: {found['degraded']} degraded, "
        f"{found['good']} left good. Synthetic only, no listening panel. Matchering and the best gains (E, F, G) see "
        "the whole file and a reference; the others see neither. Averages over the degraded pieces; spectra and the STFT "
        "distance at equal loudness. Every reference is turned down until it keeps the ceiling by itself.",
        "",
    ]
    head = ["", "who", *(title for _, title, _ in COLUMNS)]
    lines += _table(head, [[w, of[w]["name"], *(_number(of[w][n], d) for n, _, d in COLUMNS)] for w in contenders])
    lines += ["", "## Spectrum error and harm", ""]
    head = ["", "in family dB", "held out dB", "all, 95 %", "harm", "harm, 95 %", "harm > 0.1 dB", "good: move median / p95", "good: response median / p95", "above −1 dBTP"]
    rows = []
    for w in contenders:
        x = of[w]
        rows.append([
            w,
            _number(x["in_family_spectrum_error_db"]),
            _number(x["held_out_spectrum_error_db"]),
            f"{_number(x['degraded_spectrum_error_interval_db'][0])}…{_number(x['degraded_spectrum_error_interval_db'][1])}",
            f"{100 * x['harm_rate']:.0f} %",
            f"{100 * x['harm_rate_interval'][0]:.0f}…{100 * x['harm_rate_interval'][1]:.0f} %",
            f"{100 * x['harm_rate_0.1_db']:.0f} %",
            f"{_number(x.get('good_move_median_db'))} / {_number(x.get('good_move_p95_db'))}",
            f"{_number(x.get('good_response_median_db'))} / {_number(x.get('good_response_p95_db'))}",
            f"{100 * x['over_ceiling']:.0f} %",
        ])
    lines += _table(head, rows)
    duels = [key for key in found if "_against_" in key]
    lines += ["", f"## Duels in spectrum error (a tie is within {TIE_DB} dB)", ""]
    rows = []
    for key in duels:
        share = found[key.replace("_against_", "_below_")]
        low, high = share["interval"]
        rows.append([
            key.replace("_against_", " against "),
            *(str(found[key][n]) for n in ("wins", "ties", "losses")),
            f"{100 * share['share']:.0f} % ({100 * low:.0f}…{100 * high:.0f} %)",
        ])
    lines += _table(["", "wins", "ties", "losses", "less error"], rows)
    who = "D" if "D" in contenders else "N" if "N" in contenders else None
    if who:
        worst = sorted(
            (i for i in items if who in i["results"]),
            key=lambda i: i["results"]["A"]["spectrum_error_db"] - i["results"][who]["spectrum_error_db"],
        )[:8]
        lines += ["", f"## Worst results of {who}", ""]
        rows = [
            [
                str(i["seed"]),
                i["degradation"],
                *(_number(i["results"].get(w, {}).get("spectrum_error_db")) for w in ("A", "C", who)),
                ", ".join(f"{m:+.1f}" for m in i["results"][who].get("moves_db", [])),
            ]
            for i in worst
        ]
        lines += _table(["seed", "degradation", "A dB", "C dB", f"{who} dB", "equaliser"], rows)
        kinds = sorted({i["degradation"] for i in items})
        lines += ["", "## By degradation, spectrum error in dB", ""]
        rows = []
        for kind in kinds:
            members = [i for i in items if i["degradation"] == kind]
            cells = [column(members, w, "spectrum_error_db") for w in contenders]
            rows.append([kind, str(len(members)), *(_number(c.mean() if c.size else None) for c in cells)])
        lines += _table(["", "count", *contenders], rows)
    return "\n".join(lines) + "\n"
