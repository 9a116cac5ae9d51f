ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    ASCII SPSS PORT FILE                    
ASCII SPSS PORT FILE                    0000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:$@'="000000~-0000123456789000-()0{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202611226/115
0211E/GNU pspp 1.6.23J/x86_64-pc-linux-gnu4B/5B/70/2/NR5/8/0/5/8/0/70/6/VRAAG15/
2/0/5/2/0/88/89/839/CC/Eerste vraag70/6/VRAAG25/2/0/5/2/0/B-39/-1/82S/CC/Tweede 
vraag70/3/GEW5/9/3/5/9/3/90/70/5/DATUMK/B/0/K/B/0/70/4/TIJDL/C/0/L/C/0/8-600/70/
4/DUURP/E/0/P/E/0/70/5/KWARTT/8/0/T/8/0/70/6/MOMENTM/K/0/M/K/0/7K/4/NAAM1/K/0/1/
K/0/88/twee    78F/4/LANG1/8F/0/1/8F/0/D1/6/VRAAG13/1/2/ja2/3/nee9/0/D1/4/NAAM1/
K/twee                A/label tweeD1/4/LANG1/8F/x                               
                                                                                
                                                                                
                                                               7/lange xF1/1/9/1
.F/IQEK+3/1BB0/3E00/IQEK+3/IQELBB0/K/een                 8F/lange tekst         
                                                                                
                                                                                
                                                                           2/2/2
S/.F/IRTQO00/3E00/48+3/ISD0C00/3600/K/twee                8F/nog een            
                                                                                
                                                                                
                                                                            3/*.
-1/1/J0BE+3/-600/-6O00/J01MO00/*.K/                    8F/x                     
                                                                                
                                                                                
                                                                         ZZZZZZZ
