"""Sends the requests of pystac-client 0.9 to a STAC API, header by header, with nothing but Python's standard library.

    python3 pystac_client.py ROOT_URL API_KEY COLLECTION

Read from its sources: client.py, stac_api_io.py, item_search.py and collection_search.py. The key is in the parameters of every request, as with
Client.open(url, parameters={'key': …}). Prints what it found as JSON.
"""
import http.client
import json
import sys
import urllib.parse

ROOT, KEY, COLLECTION = sys.argv[1:]
# requests.Session sends these, in this order.
HEADERS = [('User-Agent', 'python-requests/2.34.2'), ('Accept-Encoding', 'gzip, deflate'), ('Accept', '*/*'), ('Connection', 'keep-alive')]


def request(href, method='GET', parameters=None):
    """StacApiIO.request: the parameters of the session come first, those of the request after them."""
    parts = urllib.parse.urlsplit(href)
    pairs = [('key', KEY)] + ([] if method == 'POST' else list((parameters or {}).items()))
    query = '&'.join(filter(None, [parts.query, urllib.parse.urlencode(pairs)]))
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    connection.putrequest(method, parts.path + '?' + query, skip_accept_encoding=True)
    body = json.dumps(parameters).encode() if method == 'POST' else None
    for name, value in HEADERS:
        connection.putheader(name, value)
    if body is not None:
        connection.putheader('Content-Length', str(len(body)))
        connection.putheader('Content-Type', 'application/json')
    connection.endheaders(body)
    answer = connection.getresponse()
    text = answer.read().decode('utf-8')
    if answer.status != 200:
        raise SystemExit(f'{method} {href}: {answer.status} {text}')
    return json.loads(text)


def link(entity, relation, method=None):
    for candidate in entity['links']:
        if candidate['rel'] == relation and (method is None or candidate.get('method', 'GET') == method):
            return candidate
    raise SystemExit(f'There is no link {relation}.')


def pages(href, method='GET', parameters=None):
    """StacApiIO.get_pages: a page without features or collections is the end."""
    page = request(href, method, parameters)
    while page.get('features') or page.get('collections'):
        yield page
        following = next((candidate for candidate in page['links'] if candidate['rel'] == 'next'), None)
        if following is None:
            return
        if following.get('method', 'GET') == 'POST':
            body = {**parameters, **following['body']} if following.get('merge') else following['body']
            page = request(following['href'], 'POST', body)
        else:
            page = request(following['href'])


def get_parameters(parameters):
    """ItemSearch._clean_params_for_get_request."""
    clean = dict(parameters)
    for name in ('bbox', 'ids', 'collections'):
        if name in clean:
            clean[name] = ','.join(map(str, clean[name]))
    for name in ('intersects', 'query'):
        if name in clean:
            clean[name] = json.dumps(clean[name], separators=(',', ':'))
    if isinstance(clean.get('filter'), dict):
        clean['filter'] = json.dumps(clean['filter'])
    if 'sortby' in clean:
        clean['sortby'] = ','.join(('-' if field['direction'] == 'desc' else '+') + field['field'] for field in clean['sortby'])
    if 'fields' in clean:
        clean['fields'] = ','.join(clean['fields'].get('include', []) + ['-' + field for field in clean['fields'].get('exclude', [])])
    return clean


root = request(ROOT)
classes = root['conformsTo']
for needed in ('core', 'item-search', 'collections', 'ogcapi-features', 'item-search#fields', 'item-search#sort', 'item-search#query', 'item-search#filter'):
    if not any(name.startswith('https://api.stacspec.org/v1.') and name.endswith('/' + needed) for name in classes):
        raise SystemExit(f'{needed} is not among the conformance classes.')

collections = [collection['id'] for page in pages(link(root, 'data')['href'], parameters={'limit': 2}) for collection in page['collections']]
collection = request(urllib.parse.urljoin(ROOT, 'collections/' + COLLECTION))
listed = [item['id'] for page in pages(link(collection, 'items')['href']) for item in page['features']]
queryables = list(request(link(collection, 'http://www.opengis.net/def/rel/ogc/1.0/queryables')['href'])['properties'])

searches = {
    'all': {'limit': 100, 'collections': [COLLECTION]},
    'paged': {'limit': 3, 'collections': [COLLECTION]},
    'place_and_time': {'limit': 100, 'bbox': [34.0, 0.0, 35.0, 1.0], 'datetime': '2019-06-01T00:00:00Z/2019-07-31T23:59:59Z', 'collections': [COLLECTION]},
    'shape': {'limit': 100, 'intersects': {'type': 'Point', 'coordinates': [34.21, 0.17]}, 'collections': [COLLECTION]},
    'sorted': {'limit': 5, 'collections': [COLLECTION], 'sortby': [{'field': 'properties.datetime', 'direction': 'desc'}], 'fields': {'include': ['id', 'properties.datetime']}},
    'query': {'limit': 100, 'collections': [COLLECTION], 'query': {'datetime': {'gte': '2019-08-01T00:00:00Z'}}},
    'filter': {'limit': 100, 'filter-lang': 'cql2-json', 'filter': {'op': 'and', 'args': [
        {'op': '=', 'args': [{'property': 'collection'}, COLLECTION]}, {'op': 'like', 'args': [{'property': 'id'}, '%tile_01%']}]}},
}
found = {}
for name, parameters in searches.items():
    by_get = [item['id'] for page in pages(link(root, 'search', 'GET')['href'], 'GET', get_parameters(parameters)) for item in page['features']]
    by_post = [item['id'] for page in pages(link(root, 'search', 'POST')['href'], 'POST', parameters) for item in page['features']]
    if by_get != by_post:
        raise SystemExit(f'{name}: GET and POST found different items.')
    found[name] = by_get

print(json.dumps({'collections': collections, 'listed': listed, 'queryables': queryables, 'found': found}))
