"""Made from the API's contract by ``npm run gen``; never edited by hand."""
