/** One small program, and one run of it told in four formats: line 4 and 5 were reached, line 7 was not. */
export const absSource = [
  'package calc',
  '',
  'func Abs(n int) int {',
  '\tif n < 0 {',
  '\t\treturn -n',
  '\t}',
  '\treturn n // {never} reached',
  '}',
  '',
].join('\n');

export const lcovReport = `TN:
SF:calc/abs.go
FN:3,Abs
FNDA:1,Abs
FNF:1
FNH:1
BRDA:4,0,0,1
BRDA:4,0,1,-
DA:4,1
DA:5,1
DA:7,0
LF:3
LH:2
end_of_record
`;

export const goReport = `mode: set
example.com/team/calc/abs.go:3.21,4.11 1 1
example.com/team/calc/abs.go:4.11,6.3 1 1
example.com/team/calc/abs.go:7.2,7.10 1 0
`;

const at = (line: number) => ({ start: { line, column: 0 }, end: { line, column: 10 } });

export const istanbulReport = JSON.stringify({
  '/builds/team/calc/abs.go': {
    path: '/builds/team/calc/abs.go',
    statementMap: { 0: at(4), 1: at(5), 2: at(7) },
    s: { 0: 1, 1: 1, 2: 0 },
    fnMap: { 0: { name: 'Abs', decl: at(3), loc: at(3), line: 3 } },
    f: { 0: 1 },
    branchMap: { 0: { type: 'if', loc: at(4), locations: [at(4), at(4)], line: 4 } },
    b: { 0: [1, 0] },
  },
});

export const coberturaReport = `<?xml version="1.0" ?>
<!DOCTYPE coverage SYSTEM "http://cobertura.sourceforge.net/xml/coverage-04.dtd">
<coverage line-rate="0.6667" branch-rate="0.5" version="1.9">
  <sources><source>/builds/team/calc</source></sources>
  <packages><package name="calc"><classes><class name="abs" filename="abs.go">
    <methods><method name="Abs" signature="()"><lines><line number="4" hits="1"/></lines></method></methods>
    <lines>
      <line number="4" hits="1" branch="true" condition-coverage="50% (1/2)"/>
      <line number="5" hits="1"/>
      <line number="7" hits="0"/>
    </lines>
  </class></classes></package></packages>
</coverage>
`;
