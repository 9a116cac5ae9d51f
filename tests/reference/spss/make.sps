* Makes the files of this folder with GNU PSPP 1.6.2; run in this folder: LC_ALL=C.UTF-8 pspp make.sps.
DATA LIST LIST NOTABLE /nr (F8.0) vraag1 (F2.0) vraag2 (F2.0) gew (F8.3) datum (DATE11) tijd (TIME12) duur (DTIME14) kwart (QYR8) moment (DATETIME20) naam (A20) lang (A1000).
BEGIN DATA
1 1 9 1.5 01-JAN-2019 10:20:30 "1 02:00:00" "1 Q 2019" "01-JAN-2019 10:20:30" "één" "lange tekst"
2 2 88 0.5 29-FEB-2020 26:00:00 "40 00:00:00" "3 Q 2020" "15-OCT-1582 00:00:00" "twee" "nog een"
3 . -1 1 31-DEC-2021 -1:30:00 "-2 03:00:00" "4 Q 2021" . "" "x"
END DATA.
VARIABLE LABELS vraag1 'Eerste vraag' vraag2 'Tweede vraag met é'.
VALUE LABELS vraag1 1 'ja' 2 'nee' 9 '' /naam 'één' 'label één'/lang 'x' 'lange x'.
MISSING VALUES vraag1 (8,9,99) vraag2 (-99 THRU -1, 88) gew (LO THRU 0) naam ('twee') tijd (-5400).
VARIABLE LEVEL vraag1 vraag2 (ORDINAL) gew (SCALE).
VARIABLE ROLE /TARGET gew /SPLIT naam.
VARIABLE ATTRIBUTE VARIABLES=vraag1 ATTRIBUTE=bron('lijst 1').
DATAFILE ATTRIBUTE ATTRIBUTE=versie('2').
MRSETS /MDGROUP NAME=$keuze LABEL='Keuzes é' CATEGORYLABELS=VARLABELS VARIABLES=vraag1 vraag2 VALUE=1 /MCGROUP NAME=$alles VARIABLES=vraag1 vraag2.
FILE LABEL Proefbestand één.
WEIGHT BY gew.
SAVE OUTFILE='pspp_rows.sav'.
SAVE OUTFILE='pspp_plain.sav' /UNCOMPRESSED.
SAVE OUTFILE='pspp_packed.zsav' /ZCOMPRESSED.
* PSPP writes the weight of a portable file where it does not look for it itself.
WEIGHT OFF.
* And it does not read back other letters than ASCII.
VARIABLE LABELS vraag2 'Tweede vraag'.
VALUE LABELS naam 'twee' 'label twee'.
IF (nr = 1) naam = 'een'.
EXECUTE.
EXPORT OUTFILE='pspp_portable.por'.
NEW FILE.
DATA LIST LIST NOTABLE /שם_משתנה_ארוך (F3.0) 变量 (A30) Ελληνικά_μεγάλο_όνομα (F4.1).
BEGIN DATA
1 "上海" 1.5
-9 "עברית" 2.5
. "émile" .
END DATA.
VARIABLE LABELS שם_משתנה_ארוך 'שאלה בעברית' 变量 '城市'.
VALUE LABELS שם_משתנה_ארוך 1 'כן' -9 'לא ידוע' /变量 '上海' '上海市'.
MISSING VALUES שם_משתנה_ארוך (LO THRU -1).
SAVE OUTFILE='pspp_scripts.sav'.
