function e(e,t){return e?.replaceAll(`\r
`,`
`).trim()===t.trim()}export{e as t};